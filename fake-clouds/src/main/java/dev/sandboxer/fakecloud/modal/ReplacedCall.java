package dev.sandboxer.fakecloud.modal;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.util.function.Consumer;

/** A call that the server never sees. It is answered here, once the whole request has arrived. */
final class ReplacedCall<Q, A> extends ServerCall.Listener<Q> {
    private final ServerCall<Q, A> call;
    private final Consumer<ServerCall<Q, A>> answer;

    private ReplacedCall(ServerCall<Q, A> call, Consumer<ServerCall<Q, A>> answer) {
        this.call = call;
        this.answer = answer;
    }

    static <Q, A> ServerCall.Listener<Q> start(ServerCall<Q, A> call, Consumer<ServerCall<Q, A>> answer) {
        if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            call.request(2); // the message, and its end
        } else {
            answer.accept(call); // a client's stream may never end
        }
        return new ReplacedCall<>(call, answer);
    }

    @Override
    public void onHalfClose() {
        if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            answer.accept(call);
        }
    }

    /** Answers with one message, given in its wire format, and status OK. */
    static <A> void succeed(ServerCall<?, A> call, byte[] message) {
        call.sendHeaders(new Metadata());
        call.sendMessage(call.getMethodDescriptor().parseResponse(new ByteArrayInputStream(message)));
        call.close(Status.OK, new Metadata());
    }
}
