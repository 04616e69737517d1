package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.control.OwnedSandboxes.Owned;
import dev.sandboxer.http.modal.edge.Caller;
import dev.sandboxer.http.modal.edge.ModalErrors;
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

/** The calls of the control plane that reach into a sandbox. Newer clients ask the router instead. */
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
        var sandbox = here(owned.sandbox(Caller.current().consumer(), request.getSandboxId()));
        sandbox.requireRunning();
        var timeout = Duration.ofMillis((long) (Math.max(0, request.getTimeout()) * 1000));
        return SandboxWaitUntilReadyResponse.newBuilder()
                .setReadyAt(router.readiness().await(sandbox, timeout).toEpochMilli() / 1000.0)
                .build();
    }

    void logs(SandboxGetLogsRequest request, StreamObserver<TaskLogsBatch> to) throws InterruptedException {
        var sandbox = here(owned.sandbox(Caller.current().consumer(), request.getSandboxId()));
        router.mainCalls().logs(sandbox, request, to, ModalErrors::of);
    }

    SandboxStdinWriteResponse write(SandboxStdinWriteRequest request) throws InterruptedException {
        var sandbox = here(owned.sandbox(Caller.current().consumer(), request.getSandboxId()));
        return router.mainCalls().write(sandbox, request);
    }

    ContainerFilesystemExecResponse files(ContainerFilesystemExecRequest request) {
        var sandbox = here(owned.task(Caller.current().consumer(), request.getTaskId()));
        return router.files().exec(sandbox, request);
    }

    void filesOutput(ContainerFilesystemExecGetOutputRequest request, StreamObserver<FilesystemRuntimeOutputBatch> to) {
        router.files().output(Caller.current().consumer(), request, to, ModalErrors::of);
    }

    private Sandbox here(Owned found) {
        sandboxes
                .hosts()
                .requireHere("sandbox " + found.sandbox().id(), found.sandbox().host());
        return found.sandbox();
    }
}
