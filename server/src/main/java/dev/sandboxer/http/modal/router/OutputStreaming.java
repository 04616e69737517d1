package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.http.modal.router.exec.Output;
import dev.sandboxer.observe.VirtualThreads;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Sends output to one client as fast as that takes it, on a thread of its own: the call's own thread has to stay free to hear that
 * the client takes more, or has left.
 */
final class OutputStreaming<R> {
    /** What may wait here for a slow client. */
    private static final int BUFFERED = 256 << 10;

    private final ServerCallStreamObserver<R> client;

    private OutputStreaming(ServerCallStreamObserver<R> client) {
        this.client = client;
    }

    /**
     * Begins; for the call's own thread.
     *
     * @param message makes a message of an offset and the bytes from there
     */
    static <R> void begin(
            StreamObserver<R> client,
            Output output,
            long offset,
            BiFunction<Long, ByteString, R> message,
            Function<RuntimeException, ? extends RuntimeException> failure) {
        var observer = (ServerCallStreamObserver<R>) client;
        var streaming = new OutputStreaming<>(observer);
        observer.setOnReadyThreshold(BUFFERED);
        observer.setOnReadyHandler(streaming::wake);
        var thread = new Thread[1];
        observer.setOnCancelHandler(() -> {
            var sender = thread[0];
            if (sender != null) {
                sender.interrupt();
            }
        });
        thread[0] = VirtualThreads.start("modal-output", () -> streaming.send(output, offset, message, failure));
    }

    private void send(
            Output output,
            long offset,
            BiFunction<Long, ByteString, R> message,
            Function<RuntimeException, ? extends RuntimeException> failure) {
        try {
            output.transfer(offset, (position, bytes) -> {
                awaitReady();
                client.onNext(message.apply(position, bytes));
            });
            client.onCompleted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the client has left
        } catch (RuntimeException e) {
            if (!client.isCancelled()) {
                client.onError(failure.apply(e));
            }
        }
    }

    private synchronized void awaitReady() throws InterruptedException {
        while (!client.isReady()) {
            wait();
        }
    }

    private synchronized void wake() {
        notifyAll();
    }
}
