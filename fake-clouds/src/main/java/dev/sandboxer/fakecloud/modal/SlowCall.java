package dev.sandboxer.fakecloud.modal;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ServerCall;

/** A call with a pause before each message of its answer. */
final class SlowCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final Runnable pause;

    SlowCall(ServerCall<Q, A> call, Runnable pause) {
        super(call);
        this.pause = pause;
    }

    /** Blocks the sender, which is a virtual thread of the call's own. */
    @Override
    public void sendMessage(A message) {
        pause.run();
        super.sendMessage(message);
    }
}
