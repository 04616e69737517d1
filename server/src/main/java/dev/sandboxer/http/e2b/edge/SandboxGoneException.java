package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.lifecycle.state.SandboxId;

/** Thrown when a sandbox isn't there, or no longer. */
public final class SandboxGoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Body body;

    SandboxGoneException(SandboxId sandbox) {
        super("the sandbox was not found");
        this.body = new Body(sandbox.value(), "The sandbox was not found", 502);
    }

    /** What E2B's proxy answers then, with the same status: the clients know that status for it. */
    public record Body(String sandboxId, String message, int code) {}

    public Body body() {
        return body;
    }
}
