package dev.sandboxer.fakecloud.modal;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** A call that is cut after a given number of bytes of its answer or its request. The server sees a cancelled call. */
final class CutCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private long left;
    private volatile boolean cut;

    /** @param bytes how much of the answer to send; {@link Long#MAX_VALUE} = all */
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
     * Returns a listener that passes the client's messages on to the server.
     *
     * @param bytes the call is cut when more than this many bytes have arrived
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
