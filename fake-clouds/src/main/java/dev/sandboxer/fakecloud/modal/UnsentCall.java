package dev.sandboxer.fakecloud.modal;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** A call whose answer is thrown away; when it is whole, the client gets a failure. */
final class UnsentCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final Refusal instead;

    UnsentCall(ServerCall<Q, A> call, Refusal instead) {
        super(call);
        this.instead = instead;
    }

    @Override
    public void sendHeaders(Metadata headers) {
        // to nobody
    }

    @Override
    public void sendMessage(A message) {
        // to nobody
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
