package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.control.OwnedSandboxes.Owned;
import dev.sandboxer.http.modal.edge.Caller;
import dev.sandboxer.http.modal.router.CommandRouter;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecGetOutputRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecResponse;
import dev.sandboxer.protocol.modal.ClientProto.FilesystemRuntimeOutputBatch;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetLogsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxStdinWriteRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxStdinWriteResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitUntilReadyRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitUntilReadyResponse;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogsBatch;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** The control-plane calls that reach into a sandbox. Newer clients use the router instead. */
final class TaskCalls {
    private final Sandboxes sandboxes;
    private final OwnedSandboxes owned;
    private final CommandRouter router;

    TaskCalls(Sandboxes sandboxes, CommandRouter router) {
        this.sandboxes = sandboxes;
        this.owned = new OwnedSandboxes(sandboxes);
        this.router = router;
    }

    SandboxWaitUntilReadyResponse awaitReady(SandboxWaitUntilReadyRequest request) throws InterruptedException {
        var sandbox = requireHere(owned.sandbox(Caller.current().consumer(), request.getSandboxId()));
        sandbox.requireRunning();
        var timeout = Duration.ofMillis((long) (Math.max(0, request.getTimeout()) * 1000));
        return SandboxWaitUntilReadyResponse.newBuilder()
                .setReadyAt(router.readiness().await(sandbox, timeout).toEpochMilli() / 1000.0)
                .build();
    }

    void logs(SandboxGetLogsRequest request, StreamObserver<TaskLogsBatch> to) throws InterruptedException {
        var sandbox = requireHere(owned.sandbox(Caller.current().consumer(), request.getSandboxId()));
        router.mainProcessCalls().logs(sandbox, request, to);
    }

    SandboxStdinWriteResponse write(SandboxStdinWriteRequest request) throws InterruptedException {
        var sandbox = requireHere(owned.sandbox(Caller.current().consumer(), request.getSandboxId()));
        return router.mainProcessCalls().write(sandbox, request);
    }

    ContainerFilesystemExecResponse files(ContainerFilesystemExecRequest request) {
        var sandbox = requireHere(owned.task(Caller.current().consumer(), request.getTaskId()));
        return router.legacyFileCalls().exec(sandbox, request);
    }

    void filesOutput(ContainerFilesystemExecGetOutputRequest request, StreamObserver<FilesystemRuntimeOutputBatch> to) {
        router.legacyFileCalls().output(Caller.current().consumer(), request, to);
    }

    private Sandbox requireHere(Owned found) {
        sandboxes
                .hosts()
                .requireHere("sandbox " + found.sandbox().id(), found.sandbox().host());
        return found.sandbox();
    }
}
