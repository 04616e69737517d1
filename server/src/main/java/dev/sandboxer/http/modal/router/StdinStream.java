package dev.sandboxer.http.modal.router;

import dev.sandboxer.http.modal.edge.WaitingCall;
import dev.sandboxer.http.modal.router.exec.StdinPipe;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamStart;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Standard input that a client sends in one call. While the command doesn't read, the call's thread waits and takes no further
 * message. Only the client's word ends the input; a call that breaks off leaves it open, to be gone on with.
 */
final class StdinStream implements StreamObserver<TaskExecStdinWriteStreamRequest> {
    private final StreamObserver<TaskExecStdinWriteStreamResponse> client;
    private final Function<TaskExecStdinWriteStreamStart, StdinPipe> find;
    private final Function<RuntimeException, ? extends RuntimeException> failure;
    private StdinPipe.@Nullable Turn turn;
    private long offset;
    private boolean answered;

    StdinStream(
            StreamObserver<TaskExecStdinWriteStreamResponse> client,
            Function<TaskExecStdinWriteStreamStart, StdinPipe> find,
            Function<RuntimeException, ? extends RuntimeException> failure) {
        this.client = client;
        this.find = find;
        this.failure = failure;
    }

    @Override
    public void onNext(TaskExecStdinWriteStreamRequest message) {
        if (answered) {
            return;
        }
        try {
            WaitingCall.interruptibly(() -> {
                take(message);
                return true;
            });
        } catch (InterruptedException e) {
            fail(Status.CANCELLED.withDescription("the client has left").asRuntimeException());
        } catch (RuntimeException e) {
            fail(failure.apply(e));
        }
    }

    private void take(TaskExecStdinWriteStreamRequest message) throws InterruptedException {
        switch (message.getPayloadCase()) {
            case START -> {
                if (turn != null) {
                    throw invalid("start may be sent once only");
                }
                turn = find.apply(message.getStart()).begin();
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
            case PAYLOAD_NOT_SET -> throw invalid("a message needs start, data or end");
        }
    }

    private StdinPipe.Turn started() {
        if (turn == null) {
            throw invalid("the first message has to be start");
        }
        return turn;
    }

    private static RuntimeException invalid(String why) {
        return Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException();
    }

    private void fail(RuntimeException status) {
        answered = true;
        client.onError(status);
    }

    @Override
    public void onError(Throwable broken) {
        // it may come back, and go on where it was
    }

    @Override
    public void onCompleted() {
        if (!answered) {
            fail(Status.ABORTED
                    .withDescription("the stream ended without end: standard input stays open")
                    .asRuntimeException());
        }
    }
}
