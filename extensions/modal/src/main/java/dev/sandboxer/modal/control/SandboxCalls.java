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

/** Calls about one sandbox. Thread-safe. */
public final class SandboxCalls {
    private static final float WAIT_SECONDS = 10;
    private static final float TUNNEL_SECONDS = 50;

    private final ControlClient client;

    public SandboxCalls(ControlClient client) {
        this.client = client;
    }

    /** How it has ended; empty while it runs. */
    public Optional<Ending> ending(BackendRef sandbox) {
        return ending(sandbox, 0);
    }

    /**
     * How it has ended or ends in the next moments; empty when it runs on.
     *
     * @param timeout in seconds
     */
    public Optional<Ending> ending(BackendRef sandbox, float timeout) {
        var request = SandboxWaitRequest.newBuilder()
                .setSandboxId(sandbox.value())
                .setTimeout(timeout)
                .build();
        try {
            var answer = client.read(Generation.of(sandbox).waiting(), request, "looking after a sandbox", sandbox);
            return answer.hasResult() && answer.getResult().getStatusValue() != 0
                    ? Optional.of(Ending.of(answer.getResult(), client.errors()))
                    : Optional.empty();
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                return Optional.of(Ending.FORGOTTEN);
            }
            throw e;
        }
    }

    /** @throws ExtensionException {@code GONE} when it has ended */
    public void requireRunning(BackendRef sandbox) {
        ending(sandbox).ifPresent(ending -> {
            throw ending.gone(sandbox);
        });
    }

    /** Ends it, and returns when it has ended. Absent is success. */
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
        var end = System.nanoTime() + client.timeouts().creation().toNanos();
        while (ending(sandbox, WAIT_SECONDS).isEmpty()) {
            if (System.nanoTime() > end) {
                throw ExtensionException.unknown(
                        Kind.TRANSIENT, "the sandbox " + sandbox + " was terminated and runs on", null);
            }
            Pauses.sleep(client.timeouts().poll());
        }
    }

    /** Like {@link #terminate}, also on a thread that was interrupted. */
    void terminateSurely(BackendRef sandbox) {
        var interrupted = Thread.interrupted();
        try {
            terminate(sandbox);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What its tags say; empty when it is none of ours. */
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

    /** The id of what runs the sandbox; empty while it waits for a machine. */
    public Optional<String> taskId(BackendRef sandbox) {
        var answer = task(sandbox);
        return answer.getTaskId().isEmpty() ? Optional.empty() : Optional.of(answer.getTaskId());
    }

    public RouterAccess routerAccess(BackendRef sandbox, String task) {
        var doing = "asking for a sandbox's router";
        if (Generation.of(sandbox) == Generation.V1) {
            var request = TaskGetCommandRouterAccessRequest.newBuilder()
                    .setTaskId(task)
                    .build();
            var answer = client.read(ModalClientGrpc.getTaskGetCommandRouterAccessMethod(), request, doing, sandbox);
            return new RouterAccess(answer.getJwt(), answer.getUrl());
        }
        var request = SandboxGetCommandRouterAccessRequest.newBuilder()
                .setSandboxId(sandbox.value())
                .build();
        var answer = client.read(ModalClientGrpc.getSandboxGetCommandRouterAccessMethod(), request, doing, sandbox);
        return new RouterAccess(answer.getJwt(), answer.getUrl());
    }

    /** Where the ports that were opened when it was made are reached. */
    public List<TunnelData> tunnels(BackendRef sandbox) {
        var request = SandboxGetTunnelsRequest.newBuilder()
                .setSandboxId(sandbox.value())
                .setTimeout(TUNNEL_SECONDS)
                .build();
        return client.read(Generation.of(sandbox).tunnels(), request, "asking for a sandbox's tunnels", sandbox)
                .getTunnelsList();
    }
}
