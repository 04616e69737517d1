package dev.sandboxer.http.modal;

import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.observe.VirtualThreads;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Holds the end of a call back while its client still sends, and throws away what it sends.
 *
 * <p>grpc-okhttp does not give bytes that arrive for a closed call back to the connection's window. After a few calls that were
 * refused in the middle of an upload, nothing could be sent on that connection any more.
 */
final class UploadDrain implements ServerInterceptor {
    /** A client that sends nothing for so long has nothing on its way. */
    private static final Duration QUIET = Duration.ofMillis(250);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            return next.startCall(call, headers);
        }
        var drained = new DrainedCall<>(call);
        return drained.listener(next.startCall(drained, headers));
    }

    /** Guarded by itself. */
    private static final class DrainedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private @Nullable Runnable end;
        private boolean halfClosed;
        private long messages;

        DrainedCall(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (halfClosed || isCancelled()) {
                super.close(status, trailers);
                return;
            }
            end = () -> delegate().close(status, trailers);
            request(1);
            VirtualThreads.start("modal-drain", this::awaitQuiet);
        }

        private void awaitQuiet() {
            for (var before = -1L; before != count(); ) {
                before = count();
                Sleeper.REAL.sleep(QUIET);
            }
            end();
        }

        private synchronized long count() {
            return messages;
        }

        private synchronized void end() {
            if (end != null) {
                end.run();
                end = null;
            }
        }

        /** Returns true if the message is for nobody. */
        private synchronized boolean isDropped() {
            messages++;
            if (end == null) {
                return false;
            }
            request(1);
            return true;
        }

        /** Returns true if nobody waits for it. */
        private synchronized boolean halfClose() {
            var dropped = end != null;
            halfClosed = true;
            end();
            return dropped;
        }

        ServerCall.Listener<Q> listener(ServerCall.Listener<Q> server) {
            return new SimpleForwardingServerCallListener<>(server) {
                @Override
                public void onMessage(Q message) {
                    if (!isDropped()) {
                        super.onMessage(message);
                    }
                }

                @Override
                public void onHalfClose() {
                    if (!halfClose()) {
                        super.onHalfClose();
                    }
                }
            };
        }
    }
}
