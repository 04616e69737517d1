package dev.sandboxer.http.modal.edge;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Answers calls that don't wait, with one message or the status of a failure. */
public final class Answers {
    private Answers() {}

    /** Does the work on this thread and sends what it returns. */
    public static <R> void send(StreamObserver<R> to, Supplier<R> work) {
        R answer;
        try {
            answer = work.get();
        } catch (RuntimeException e) {
            to.onError(ModalErrors.of(e));
            return;
        }
        to.onNext(answer);
        to.onCompleted();
    }
}
