package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.router.exec.Output;
import dev.sandboxer.observe.VirtualThreads;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sends output to one client, as fast as the client takes it. It runs on a thread of its own, because the call's thread must stay free to
 * learn that the client is ready for more or has left.
 */
final class OutputStreaming<R> {
    /** The most bytes that are buffered for a slow client. */
    private static final int BUFFERED = 256 << 10;

    private final ServerCallStreamObserver<R> client;

    private OutputStreaming(ServerCallStreamObserver<R> client) {
        this.client = client;
    }

    /**
     * Begins to send output to the client. To be called on the call's own thread.
     *
     * @param message makes a message from an offset and the bytes at that offset
     */
    static <R> void begin(
            StreamObserver<R> client, Output output, long offset, BiFunction<Long, ByteString, R> message) {
        begin(client, output, offset, message, null);
    }

    /**
     * Like {@link #begin(StreamObserver, Output, long, BiFunction)}, with one more message at the end.
     *
     * @param last the last message; null = none
     */
    static <R> void begin(
            StreamObserver<R> client,
            Output output,
            long offset,
            BiFunction<Long, ByteString, R> message,
            @Nullable R last) {
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
        thread[0] = VirtualThreads.start("modal-output", () -> streaming.send(output, offset, message, last));
    }

    private void send(Output output, long offset, BiFunction<Long, ByteString, R> message, @Nullable R last) {
        try {
            output.transfer(offset, (position, bytes) -> {
                awaitReady();
                client.onNext(message.apply(position, bytes));
            });
            if (last != null) {
                awaitReady();
                client.onNext(last);
            }
            client.onCompleted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the client has left
        } catch (RuntimeException e) {
            if (!client.isCancelled()) {
                client.onError(ModalErrors.of(e));
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
