package dev.sandboxer.http.modal.router;

import dev.sandboxer.http.modal.edge.InterruptibleCall;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.router.exec.StdinPipe;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamStart;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Standard input that a client streams in one call. While the command doesn't read, the call's thread waits and takes no further
 * messages. Only an {@code end} message closes the input; a call that ends without one leaves the input open, so that the client can
 * continue.
 */
final class StdinStream implements StreamObserver<TaskExecStdinWriteStreamRequest> {
    private final StreamObserver<TaskExecStdinWriteStreamResponse> client;
    private final Function<TaskExecStdinWriteStreamStart, StdinPipe> find;
    private StdinPipe.@Nullable Writer writer;
    private long offset;
    private boolean answered;

    StdinStream(
            StreamObserver<TaskExecStdinWriteStreamResponse> client,
            Function<TaskExecStdinWriteStreamStart, StdinPipe> find) {
        this.client = client;
        this.find = find;
    }

    @Override
    public void onNext(TaskExecStdinWriteStreamRequest message) {
        if (answered) {
            return;
        }
        try {
            InterruptibleCall.interruptibly(() -> {
                take(message);
                return true;
            });
        } catch (InterruptedException e) {
            fail(InterruptibleCall.clientHasLeft());
        } catch (RuntimeException e) {
            fail(ModalErrors.of(e));
        }
    }

    private void take(TaskExecStdinWriteStreamRequest message) throws InterruptedException {
        switch (message.getPayloadCase()) {
            case START -> {
                if (writer != null) {
                    throw ModalErrors.invalid("start may be sent only once");
                }
                writer = find.apply(message.getStart()).newWriter();
                offset = ExecCalls.offset(message.getStart().getOffset());
            }
            case DATA -> {
                started().write(offset, message.getData());
                offset += message.getData().size();
            }
            case END -> {
                started().close();
                answered = true;
                client.onNext(TaskExecStdinWriteStreamResponse.getDefaultInstance());
                client.onCompleted();
            }
            case PAYLOAD_NOT_SET -> throw ModalErrors.invalid("a message needs start, data or end");
        }
    }

    private StdinPipe.Writer started() {
        if (writer == null) {
            throw ModalErrors.invalid("the first message must be start");
        }
        return writer;
    }

    private void fail(RuntimeException status) {
        answered = true;
        client.onError(status);
    }

    @Override
    public void onError(Throwable broken) {
        // the client may continue with another call
    }

    @Override
    public void onCompleted() {
        if (!answered) {
            fail(Status.ABORTED
                    .withDescription("the stream ended without an end message; standard input stays open")
                    .asRuntimeException());
        }
    }
}
