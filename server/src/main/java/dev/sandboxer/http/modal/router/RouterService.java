package dev.sandboxer.http.modal.router;

import static dev.sandboxer.http.modal.edge.InterruptibleCall.answer;

import com.google.protobuf.Empty;
import dev.sandboxer.http.modal.edge.InterruptibleCall;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdinWriteV2Request;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdinWriteV2Response;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdioReadV2Request;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdioReadV2Response;
import dev.sandboxer.protocol.modal.RouterProto.SandboxWaitUntilReadyTcrRequest;
import dev.sandboxer.protocol.modal.RouterProto.SandboxWaitUntilReadyTcrResponse;
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
import dev.sandboxer.protocol.modal.RouterProto.TaskMountDirectoryRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskSetNetworkAccessRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskSetNetworkAccessResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotDirectoryRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotDirectoryResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotFilesystemRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotFilesystemResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskUnmountDirectoryRequest;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc.TaskCommandRouterImplBase;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** Modal's service {@code TaskCommandRouter}. Passes each call to the class that answers it. */
final class RouterService extends TaskCommandRouterImplBase {
    private final RouterAccess access;
    private final ExecCalls execs;
    private final MainProcessCalls mains;
    private final Readiness readiness;
    private final SnapshotCalls snapshots;

    RouterService(
            RouterAccess access,
            ExecCalls execs,
            MainProcessCalls mains,
            Readiness readiness,
            SnapshotCalls snapshots) {
        this.access = access;
        this.execs = execs;
        this.mains = mains;
        this.readiness = readiness;
        this.snapshots = snapshots;
    }

    @Override
    public void taskExecStart(TaskExecStartRequest request, StreamObserver<TaskExecStartResponse> to) {
        answer(to, () -> execs.start(request));
    }

    @Override
    public void taskExecStdioRead(TaskExecStdioReadRequest request, StreamObserver<TaskExecStdioReadResponse> to) {
        InterruptibleCall.stream(to, () -> execs.read(request, to));
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

    @Override
    public void sandboxStdioReadV2(SandboxStdioReadV2Request request, StreamObserver<SandboxStdioReadV2Response> to) {
        InterruptibleCall.stream(to, () -> mains.read(access.any(request.getTaskId()), request, to));
    }

    @Override
    public void sandboxStdinWriteV2(
            SandboxStdinWriteV2Request request, StreamObserver<SandboxStdinWriteV2Response> to) {
        answer(to, () -> mains.write(access.any(request.getTaskId()), request));
    }

    @Override
    public void sandboxWaitUntilReady(
            SandboxWaitUntilReadyTcrRequest request, StreamObserver<SandboxWaitUntilReadyTcrResponse> to) {
        answer(to, () -> {
            var timeout = Duration.ofMillis((long) (Math.max(0, request.getTimeout()) * 1000));
            var ready = readiness.await(access.running(request.getTaskId()), timeout);
            return SandboxWaitUntilReadyTcrResponse.newBuilder()
                    .setReadyAt(ready.toEpochMilli() / 1000.0)
                    .build();
        });
    }

    @Override
    public void taskSnapshotFilesystem(
            TaskSnapshotFilesystemRequest request, StreamObserver<TaskSnapshotFilesystemResponse> to) {
        answer(to, () -> snapshots.filesystem(request));
    }

    @Override
    public void taskSnapshotDirectory(
            TaskSnapshotDirectoryRequest request, StreamObserver<TaskSnapshotDirectoryResponse> to) {
        answer(to, () -> snapshots.directory(request));
    }

    @Override
    public void taskMountDirectory(TaskMountDirectoryRequest request, StreamObserver<Empty> to) {
        answer(to, () -> {
            snapshots.mount(request);
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void taskUnmountDirectory(TaskUnmountDirectoryRequest request, StreamObserver<Empty> to) {
        answer(to, () -> {
            snapshots.unmount(request);
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void taskSetNetworkAccess(
            TaskSetNetworkAccessRequest request, StreamObserver<TaskSetNetworkAccessResponse> to) {
        answer(to, () -> {
            access.running(request.getTaskId());
            throw ModalErrors.unimplemented("no backend here can change the network rules of a running sandbox;"
                    + " create a new one with the rules that it needs");
        });
    }
}
