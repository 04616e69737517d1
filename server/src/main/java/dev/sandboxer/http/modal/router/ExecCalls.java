package dev.sandboxer.http.modal.router;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.router.exec.Command;
import dev.sandboxer.http.modal.router.exec.Execution;
import dev.sandboxer.http.modal.router.exec.Executions;
import dev.sandboxer.http.modal.router.exec.ExitStatus;
import dev.sandboxer.http.modal.router.exec.ProcessCommand;
import dev.sandboxer.http.modal.router.files.FileTool;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
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
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** The router's calls about commands. */
final class ExecCalls {
    /** The longest time that a call waits; clients wait for a minute at a time. */
    private static final Duration MAX_WAIT = Duration.ofMinutes(10);

    private final Sandboxes sandboxes;
    private final Executions executions;
    private final IdleTimeouts idle;
    private final RouterAccess access;

    ExecCalls(Sandboxes sandboxes, Executions executions, IdleTimeouts idle, RouterAccess access) {
        this.sandboxes = sandboxes;
        this.executions = executions;
        this.idle = idle;
        this.access = access;
    }

    TaskExecStartResponse start(TaskExecStartRequest request) throws InterruptedException {
        var sandbox = access.running(request.getTaskId());
        var id = ExecRequests.execId(request.getExecId());
        ExecRequests.check(request);
        idle.recordUse(sandbox);
        executions.start(
                sandbox,
                new Executions.Request(
                        id,
                        ExecRequests.fingerprint(request),
                        ExecRequests.streams(request),
                        command(request, sandbox),
                        false));
        return TaskExecStartResponse.getDefaultInstance();
    }

    private Command command(TaskExecStartRequest request, Sandbox sandbox) {
        return FileTool.isInvokedBy(request.getCommandArgsList())
                ? FileTool.command(sandboxes, sandbox, request.getCommandArgsList())
                : ProcessCommand.start(sandboxes, sandbox, ExecRequests.spec(request, sandbox, access));
    }

    void read(TaskExecStdioReadRequest request, StreamObserver<TaskExecStdioReadResponse> to) {
        var execution = find(request.getTaskId(), request.getExecId());
        var output = switch (request.getFileDescriptor()) {
            case EXEC_FD_STDOUT -> execution.stdout();
            case EXEC_FD_STDERR -> execution.stderr();
            case UNRECOGNIZED ->
                throw ModalErrors.invalid("unknown file descriptor " + request.getFileDescriptorValue());
        };
        OutputStreaming.begin(
                to,
                output,
                offset(request.getOffset()),
                (position, bytes) ->
                        TaskExecStdioReadResponse.newBuilder().setData(bytes).build());
    }

    static long offset(long sent) {
        if (sent < 0) {
            throw Status.OUT_OF_RANGE
                    .withDescription("offset " + Long.toUnsignedString(sent) + " is out of range")
                    .asRuntimeException();
        }
        return sent;
    }

    TaskExecStdinWriteResponse write(TaskExecStdinWriteRequest request) throws InterruptedException {
        var sandbox = access.any(request.getTaskId());
        idle.recordUse(sandbox);
        find(sandbox, request.getExecId())
                .stdin()
                .newWriter()
                .write(offset(request.getOffset()), request.getData(), request.getEof());
        return TaskExecStdinWriteResponse.getDefaultInstance();
    }

    StreamObserver<TaskExecStdinWriteStreamRequest> writeStream(StreamObserver<TaskExecStdinWriteStreamResponse> to) {
        return new StdinStream(to, start -> {
            var sandbox = access.any(start.getTaskId());
            idle.recordUse(sandbox);
            return find(sandbox, start.getExecId()).stdin();
        });
    }

    TaskExecStdinStatusResponse stdinStatus(TaskExecStdinStatusRequest request) {
        var state = find(request.getTaskId(), request.getExecId()).stdin().stopWriter();
        return TaskExecStdinStatusResponse.newBuilder()
                .setNumBytesWritten(state.written())
                .setClosed(state.closed())
                .build();
    }

    TaskExecWaitResponse await(TaskExecWaitRequest request) throws InterruptedException {
        var status = find(request.getTaskId(), request.getExecId()).awaitExit(MAX_WAIT);
        var answer = TaskExecWaitResponse.newBuilder();
        return switch (status) {
            case ExitStatus.Code(int code) -> answer.setCode(code).build();
            case ExitStatus.Signal(int number) -> answer.setSignal(number).build();
            case null ->
                throw Status.DEADLINE_EXCEEDED
                        .withDescription("the command is still running; repeat the call")
                        .asRuntimeException();
        };
    }

    TaskExecPollResponse poll(TaskExecPollRequest request) throws InterruptedException {
        var status = find(request.getTaskId(), request.getExecId()).poll();
        var answer = TaskExecPollResponse.newBuilder();
        return switch (status) {
            case ExitStatus.Code(int code) -> answer.setCode(code).build();
            case ExitStatus.Signal(int number) -> answer.setSignal(number).build();
            case null -> answer.build();
        };
    }

    /** @throws StatusRuntimeException {@code NOT_FOUND} */
    private Execution find(String taskId, String execId) {
        return find(access.any(taskId), execId);
    }

    private Execution find(Sandbox sandbox, String execId) {
        return executions
                .find(sandbox.id(), execId)
                .orElseThrow(() -> Status.NOT_FOUND
                        .withDescription("command " + ExecRequests.execId(execId) + " not found in this sandbox")
                        .asRuntimeException());
    }
}
