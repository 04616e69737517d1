package dev.sandboxer.http.modal.edge;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/**
 * A call whose handler may block its thread. When its client leaves or its deadline passes, the thread is interrupted, but only while it
 * works on this call.
 */
public final class InterruptibleCall {
    private final Thread thread = Thread.currentThread();
    private boolean working = true;
    private boolean cancelled;

    private InterruptibleCall() {}

    /** Work that ends when its thread is interrupted. */
    public interface Work<R> {
        R get() throws InterruptedException;
    }

    /** Answers with the work's result, or with the status of its failure. */
    public static <R> void answer(StreamObserver<R> to, Work<R> work) {
        R answer;
        try {
            answer = interruptibly(work);
        } catch (InterruptedException e) {
            to.onError(clientHasLeft());
            return;
        } catch (RuntimeException e) {
            to.onError(ModalErrors.of(e));
            return;
        }
        to.onNext(answer);
        to.onCompleted();
    }

    /** Work that returns nothing and ends when its thread is interrupted. */
    public interface Start {
        void run() throws InterruptedException;
    }

    /** Runs work that begins a streamed answer; if it fails, answers with the status of the failure. */
    public static void stream(StreamObserver<?> to, Start work) {
        try {
            interruptibly(() -> {
                work.run();
                return true;
            });
        } catch (InterruptedException e) {
            to.onError(clientHasLeft());
        } catch (RuntimeException e) {
            to.onError(ModalErrors.of(e));
        }
    }

    /** Returns the status of a call whose client has left. */
    public static StatusRuntimeException clientHasLeft() {
        return Status.CANCELLED.withDescription("the client has left").asRuntimeException();
    }

    /**
     * Runs work for the current call and returns its result.
     *
     * @throws InterruptedException when the client has left or the call's deadline has passed
     */
    public static <R> R interruptibly(Work<R> work) throws InterruptedException {
        var call = new InterruptibleCall();
        Context.CancellationListener listener = context -> call.cancel();
        Context.current().addListener(listener, Runnable::run);
        try {
            return work.get();
        } catch (RuntimeException e) {
            if (call.isCancelled()) { // the interrupt caused the failure, or the client has left
                throw (InterruptedException) new InterruptedException("the client has left").initCause(e);
            }
            throw e;
        } finally {
            Context.current().removeListener(listener);
            call.end();
        }
    }

    private synchronized void cancel() {
        if (working) {
            cancelled = true;
            thread.interrupt();
        }
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    private synchronized void end() {
        working = false;
        Thread.interrupted(); // discard an interrupt for this call: the thread will handle other calls
    }
}
