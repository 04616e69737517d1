package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.PendingChange;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxStore;
import java.util.Optional;

/** Finds the result of an earlier request with the same idempotency key. */
record EarlierRequests(SandboxStore sandboxes) {
    /**
     * Returns the sandbox of an earlier request with the same key; empty if there was none or it failed. The new request is tried then.
     *
     * @throws SandboxException {@code CONFLICT} when the key was used for another request, or its creation is still in progress
     */
    Optional<Sandbox> sandboxOf(CreateSandbox request) {
        var key = request.idempotencyKey();
        return key == null
                ? Optional.empty()
                : sandboxes.findByKey(request.consumer(), key).flatMap(earlier -> sandboxOf(request, earlier));
    }

    private Optional<Sandbox> sandboxOf(CreateSandbox request, SandboxStore.Earlier earlier) {
        if (!earlier.requestHash().equals(request.hash())) {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "the idempotency key was used for a different request (sandbox " + earlier.sandbox()
                            + "); use another key");
        }
        var sandbox = sandboxes.find(earlier.sandbox()).orElseThrow();
        return switch (sandbox.state()) {
            case PROVISIONING -> throw SandboxStore.inProgress();
            case RUNNING -> {
                if (sandbox.pending() == PendingChange.START) {
                    throw SandboxStore.inProgress();
                }
                yield Optional.of(sandbox);
            }
            case STOPPING -> {
                if (sandbox.startedAt() == null || sandbox.reason() == EndReason.FAILED) {
                    throw SandboxStore.inProgress(); // a failed creation that is being undone
                }
                yield Optional.of(sandbox);
            }
            case FAILED -> Optional.empty();
            case STOPPED -> sandbox.reason() == EndReason.FAILED ? Optional.empty() : Optional.of(sandbox);
            case PAUSED -> Optional.of(sandbox);
        };
    }
}
