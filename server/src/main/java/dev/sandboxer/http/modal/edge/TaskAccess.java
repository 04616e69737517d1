package dev.sandboxer.http.modal.edge;

import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Finds the sandbox of a router call, and checks that the call's token is for it. Thread-safe. */
public final class TaskAccess {
    private final Sandboxes sandboxes;
    private final RouterTokens tokens;

    public TaskAccess(Sandboxes sandboxes, RouterTokens tokens) {
        this.sandboxes = sandboxes;
        this.tokens = tokens;
    }

    /**
     * Returns the running sandbox of a task, for the call that this thread is handling.
     *
     * @throws StatusRuntimeException {@code UNAUTHENTICATED} when the token is not for it; {@code NOT_FOUND} when it has ended;
     *     {@code UNAVAILABLE} when it is on another host; {@code FAILED_PRECONDITION} when it is not running
     */
    public Sandbox running(String taskId) {
        var sandbox = any(taskId);
        if (sandbox.state().ended() || sandbox.state() == SandboxState.STOPPING) {
            throw Status.NOT_FOUND
                    .withDescription("the sandbox of task " + taskId + " has ended")
                    .asRuntimeException();
        }
        if (sandbox.state() != SandboxState.RUNNING) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("the sandbox of task " + taskId + " is "
                            + sandbox.state().text() + ", not running")
                    .asRuntimeException();
        }
        return sandbox;
    }

    /**
     * Returns the sandbox of a task, also an ended one, whose output may still be kept.
     *
     * @throws StatusRuntimeException {@code UNAUTHENTICATED}, {@code NOT_FOUND}, {@code UNAVAILABLE}
     */
    public Sandbox any(String taskId) {
        var bearer = Caller.BEARER.get();
        var id = ModalIds.parseTask(taskId)
                .orElseThrow(() -> Status.NOT_FOUND
                        .withDescription("task " + ModalErrors.shown(taskId) + " not found")
                        .asRuntimeException())
                .sandbox();
        if (bearer == null || !tokens.opens(bearer, id)) {
            throw Status.UNAUTHENTICATED
                    .withDescription("the token has expired or is for another sandbox; fetch a new one")
                    .asRuntimeException();
        }
        var sandbox = sandboxes
                .find(id)
                .orElseThrow(() -> Status.NOT_FOUND
                        .withDescription("task " + taskId + " not found")
                        .asRuntimeException());
        try {
            sandboxes.hosts().requireHere("sandbox " + sandbox.id(), sandbox.host());
        } catch (RuntimeException e) {
            throw ModalErrors.of(e);
        }
        return sandbox;
    }
}
