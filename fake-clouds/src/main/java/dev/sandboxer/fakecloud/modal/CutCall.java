package dev.sandboxer.fakecloud.modal;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** A call that is cut after so many bytes of its answer, or of its request. The server sees a client that went away. */
final class CutCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private long left;
    private volatile boolean cut;

    /**
     * @param bytes of the answer, {@link Long#MAX_VALUE} = whatever comes
     */
    CutCall(ServerCall<Q, A> call, long bytes) {
        super(call);
        this.left = bytes;
    }

    @Override
    public synchronized void sendMessage(A message) {
        if (cut) {
            return;
        }
        var size = Payload.size(message);
        if (size < left) {
            left -= size;
            super.sendMessage(message);
            return;
        }
        var rest = Payload.first(message, left);
        if (rest != null) {
            super.sendMessage(rest);
        }
        cut();
    }

    private synchronized void cut() {
        if (!cut) {
            cut = true;
            Refusal.cut().close(delegate());
        }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
        if (!cut) {
            super.close(status, trailers);
        }
    }

    @Override
    public boolean isCancelled() {
        return cut || super.isCancelled();
    }

    @Override
    public boolean isReady() {
        return cut || super.isReady();
    }

    /**
     * Hands the client's messages to the server.
     *
     * @param bytes the call is cut when more than so many have come
     */
    ServerCall.Listener<Q> listener(ServerCall.Listener<Q> server, long bytes) {
        return new SimpleForwardingServerCallListener<>(server) {
            private long left = bytes;

            @Override
            public void onMessage(Q message) {
                var size = Payload.size(message);
                if (size > left) {
                    var rest = Payload.first(message, left);
                    if (rest != null) {
                        super.onMessage(rest);
                    }
                    left = 0;
                    cut();
                } else if (!cut) {
                    left -= size;
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                if (!cut) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onComplete() {
                if (cut) {
                    super.onCancel();
                } else {
                    super.onComplete();
                }
            }
        };
    }
}
