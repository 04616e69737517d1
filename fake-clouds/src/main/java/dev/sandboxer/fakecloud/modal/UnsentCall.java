package dev.sandboxer.fakecloud.modal;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** A call whose answer is discarded; at its end the client gets a failure. */
final class UnsentCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final Refusal instead;

    UnsentCall(ServerCall<Q, A> call, Refusal instead) {
        super(call);
        this.instead = instead;
    }

    @Override
    public void sendHeaders(Metadata headers) {
        // discarded
    }

    @Override
    public void sendMessage(A message) {
        // discarded
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        instead.close(delegate());
    }
}
