package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetCommandRouterAccessRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsGetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitRequest;
import dev.sandboxer.protocol.modal.ClientProto.TaskGetCommandRouterAccessRequest;
import dev.sandboxer.protocol.modal.ClientProto.TunnelData;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import java.util.List;
import java.util.Optional;

/** Calls to the control plane about one sandbox. Thread-safe. */
public final class SandboxCalls {
    private static final float WAIT_SECONDS = 10;
    private static final float TUNNEL_SECONDS = 50;

    private final ControlClient client;

    public SandboxCalls(ControlClient client) {
        this.client = client;
    }

    /** Returns how a sandbox has ended; empty while it runs. */
    public Optional<SandboxEnd> findEnd(BackendRef sandbox) {
        return findEnd(sandbox, 0);
    }

    /**
     * Waits for a sandbox's end and returns how it ended; empty if it still runs after the timeout.
     *
     * @param timeout in seconds
     */
    public Optional<SandboxEnd> findEnd(BackendRef sandbox, float timeout) {
        var request = SandboxWaitRequest.newBuilder()
                .setSandboxId(sandbox.value())
                .setTimeout(timeout)
                .build();
        try {
            var answer = client.read(Generation.of(sandbox).await(), request, "checking a sandbox's state", sandbox);
            return answer.hasResult() && answer.getResult().getStatusValue() != 0
                    ? Optional.of(SandboxEnd.of(answer.getResult(), client.errors()))
                    : Optional.empty();
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                return Optional.of(SandboxEnd.FORGOTTEN);
            }
            throw e;
        }
    }

    /** @throws ExtensionException {@code GONE} when the sandbox has ended */
    public void requireRunning(BackendRef sandbox) {
        findEnd(sandbox).ifPresent(end -> {
            throw end.gone(sandbox);
        });
    }

    /** Terminates a sandbox and waits until it has ended. Succeeds if the sandbox is gone. */
    public void terminate(BackendRef sandbox) {
        var request = SandboxTerminateRequest.newBuilder()
                .setSandboxId(sandbox.value())
                .build();
        try {
            client.change(Generation.of(sandbox).terminate(), request, "ending a sandbox", sandbox);
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                return;
            }
            throw e;
        }
        var giveUpAt = System.nanoTime() + client.timeouts().creation().toNanos();
        while (findEnd(sandbox, WAIT_SECONDS).isEmpty()) {
            if (System.nanoTime() > giveUpAt) {
                throw ExtensionException.unknown(
                        Kind.TRANSIENT, "the sandbox " + sandbox + " was terminated, but still runs", null);
            }
            Delay.sleep(client.timeouts().delays().poll());
        }
    }

    /** Like {@link #terminate}, but also works on an interrupted thread. */
    void terminateUninterruptibly(BackendRef sandbox) {
        var interrupted = Thread.interrupted();
        try {
            terminate(sandbox);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Reads a sandbox's tags; empty if sand-boxer did not create the sandbox. */
    public Optional<SandboxRecord> record(BackendRef sandbox) {
        var request =
                SandboxTagsGetRequest.newBuilder().setSandboxId(sandbox.value()).build();
        var answer = client.read(Generation.of(sandbox).tags(), request, "reading a sandbox's tags", sandbox);
        return SandboxRecord.of(answer.getTagsList());
    }

    SandboxGetTaskIdResponse task(BackendRef sandbox) {
        var request = SandboxGetTaskIdRequest.newBuilder()
                .setSandboxId(sandbox.value())
                .build();
        return client.read(Generation.of(sandbox).taskId(), request, "waiting for a sandbox", sandbox);
    }

    /** Returns the id of the task that runs the sandbox; empty while it waits for a machine. */
    public Optional<String> taskId(BackendRef sandbox) {
        var answer = task(sandbox);
        return answer.getTaskId().isEmpty() ? Optional.empty() : Optional.of(answer.getTaskId());
    }

    public RouterAccess routerAccess(BackendRef sandbox, String task) {
        var action = "looking up a sandbox's router";
        if (Generation.of(sandbox) == Generation.V1) {
            var request = TaskGetCommandRouterAccessRequest.newBuilder()
                    .setTaskId(task)
                    .build();
            var answer = client.read(ModalClientGrpc.getTaskGetCommandRouterAccessMethod(), request, action, sandbox);
            return new RouterAccess(answer.getJwt(), answer.getUrl());
        }
        var request = SandboxGetCommandRouterAccessRequest.newBuilder()
                .setSandboxId(sandbox.value())
                .build();
        var answer = client.read(ModalClientGrpc.getSandboxGetCommandRouterAccessMethod(), request, action, sandbox);
        return new RouterAccess(answer.getJwt(), answer.getUrl());
    }

    /** Returns the tunnels to the ports that were opened at creation. */
    public List<TunnelData> tunnels(BackendRef sandbox) {
        var request = SandboxGetTunnelsRequest.newBuilder()
                .setSandboxId(sandbox.value())
                .setTimeout(TUNNEL_SECONDS)
                .build();
        return client.read(Generation.of(sandbox).tunnels(), request, "looking up a sandbox's tunnels", sandbox)
                .getTunnelsList();
    }
}
