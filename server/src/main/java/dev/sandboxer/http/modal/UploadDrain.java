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
 * Delays the end of a call until its client stops sending, and discards the messages that arrive until then.
 *
 * <p>grpc-okhttp never returns bytes that arrive for a closed call to the connection's flow-control window. Without the delay, a few
 * uploads that are refused midway would block the whole connection.
 */
final class UploadDrain implements ServerInterceptor {
    /** A client that was silent for this long has nothing in flight. */
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

    /** A call that ends only once its client has stopped sending. Guarded by its own lock. */
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

        /** Counts a message; returns true if the call has ended and the message is to be dropped. */
        private synchronized boolean isDropped() {
            messages++;
            if (end == null) {
                return false;
            }
            request(1);
            return true;
        }

        /** Records that the client has sent everything; returns true if the call has ended already. */
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
