package dev.sandboxer.http.modal.router;

import dev.sandboxer.protocol.modal.RouterProto.TaskExecPollRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecPollResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinStatusRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinStatusResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdioReadRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdioReadResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecWaitRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecWaitResponse;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc.TaskCommandRouterImplBase;
import io.grpc.stub.StreamObserver;

/** Modal's service of that name: hands each call to those who answer it. */
final class RouterService extends TaskCommandRouterImplBase {
    private final RouterAccess access;
    private final ExecCalls execs;

    RouterService(RouterAccess access, ExecCalls execs) {
        this.access = access;
        this.execs = execs;
    }

    private <R> void answer(StreamObserver<R> to, WaitingCall.Work<R> work) {
        WaitingCall.answer(to, access::failure, work);
    }

    /** Begins to answer with a stream. */
    private void stream(StreamObserver<?> to, Runnable begin) {
        try {
            begin.run();
        } catch (RuntimeException e) {
            to.onError(access.failure(e));
        }
    }

    @Override
    public void taskExecStart(TaskExecStartRequest request, StreamObserver<TaskExecStartResponse> to) {
        answer(to, () -> execs.start(request));
    }

    @Override
    public void taskExecStdioRead(TaskExecStdioReadRequest request, StreamObserver<TaskExecStdioReadResponse> to) {
        stream(to, () -> execs.read(request, to));
    }

    @Override
    public void taskExecStdinWrite(TaskExecStdinWriteRequest request, StreamObserver<TaskExecStdinWriteResponse> to) {
        answer(to, () -> execs.write(request));
    }

    @Override
    public StreamObserver<TaskExecStdinWriteStreamRequest> taskExecStdinWriteStream(
            StreamObserver<TaskExecStdinWriteStreamResponse> to) {
        return execs.writeStream(to);
    }

    @Override
    public void taskExecStdinStatus(
            TaskExecStdinStatusRequest request, StreamObserver<TaskExecStdinStatusResponse> to) {
        answer(to, () -> execs.stdinStatus(request));
    }

    @Override
    public void taskExecWait(TaskExecWaitRequest request, StreamObserver<TaskExecWaitResponse> to) {
        answer(to, () -> execs.await(request));
    }

    @Override
    public void taskExecPoll(TaskExecPollRequest request, StreamObserver<TaskExecPollResponse> to) {
        answer(to, () -> execs.poll(request));
    }
}
