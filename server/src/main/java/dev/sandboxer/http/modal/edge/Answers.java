package dev.sandboxer.http.modal.edge;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Answers calls that don't block, with one message or an error status. */
public final class Answers {
    private Answers() {}

    /** Runs the work on this thread and sends its result, or the status of its failure. */
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
