package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.lifecycle.state.SandboxId;

/** Thrown when a sandbox does not exist or has ended, or is paused and does not resume automatically. */
public final class SandboxGoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Body body;

    SandboxGoneException(SandboxId sandbox) {
        super("the sandbox was not found");
        this.body = new Body(sandbox.value(), "The sandbox was not found", 502);
    }

    /** The answer of E2B's proxy in this case. The status is 502, by which clients recognize it. */
    public record Body(String sandboxId, String message, int code) {}

    public Body body() {
        return body;
    }
}
