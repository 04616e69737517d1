package dev.sandboxer.http.modal.edge;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/**
 * A call that may wait, in the thread that answers it. When its client leaves or its deadline is over, the thread is interrupted,
 * but only while it works for this call.
 */
public final class WaitingCall {
    private final Thread thread = Thread.currentThread();
    private boolean working = true;

    private WaitingCall() {}

    /** Work that ends when its thread is interrupted. */
    public interface Work<R> {
        R get() throws InterruptedException;
    }

    /** Answers with what the work returns, or with the status of its failure. */
    public static <R> void answer(
            StreamObserver<R> to, Function<RuntimeException, ? extends RuntimeException> failure, Work<R> work) {
        R answer;
        try {
            answer = interruptibly(work);
        } catch (InterruptedException e) {
            to.onError(noOneWaits());
            return;
        } catch (RuntimeException e) {
            to.onError(failure.apply(e));
            return;
        }
        to.onNext(answer);
        to.onCompleted();
    }

    /** Work that may wait, and returns nothing. */
    public interface Beginning {
        void begin() throws InterruptedException;
    }

    /** Begins to answer with a stream, or answers with the status of a failure. */
    public static void stream(
            StreamObserver<?> to, Function<RuntimeException, ? extends RuntimeException> failure, Beginning work) {
        try {
            interruptibly(() -> {
                work.begin();
                return true;
            });
        } catch (InterruptedException e) {
            to.onError(noOneWaits());
        } catch (RuntimeException e) {
            to.onError(failure.apply(e));
        }
    }

    private static StatusRuntimeException noOneWaits() {
        return Status.CANCELLED.withDescription("nobody waits any more").asRuntimeException();
    }

    /** Does some work of the current call. */
    public static <R> R interruptibly(Work<R> work) throws InterruptedException {
        var call = new WaitingCall();
        Context.CancellationListener listener = context -> call.cancel();
        Context.current().addListener(listener, Runnable::run);
        try {
            return work.get();
        } finally {
            Context.current().removeListener(listener);
            call.end();
        }
    }

    private synchronized void cancel() {
        if (working) {
            thread.interrupt();
        }
    }

    private synchronized void end() {
        working = false;
        Thread.interrupted(); // it was for this work, and the thread goes on with others
    }
}
