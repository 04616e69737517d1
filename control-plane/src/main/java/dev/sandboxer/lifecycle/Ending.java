package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.lifecycle.Attempt.Outcome;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.store.Store;
import java.time.InstantSource;
import java.util.Optional;

/** How a sandbox ends: first the row that says so, then the backend, then the row that it is done. */
final class Ending {
    private final Store store;
    private final SandboxStore sandboxes;
    private final Backends backends;
    private final InstantSource clock;

    Ending(Store store, SandboxStore sandboxes, Backends backends, InstantSource clock) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.backends = backends;
        this.clock = clock;
    }

    /**
     * Ends it, whatever state it is in; a sandbox that has ended stays as it is.
     *
     * @throws SandboxException {@code BACKEND_FAILED} when the backend could not be told; it stays STOPPING then, and repair
     *     tries again
     */
    Sandbox end(Sandbox sandbox, EndReason reason) {
        if (sandbox.state().ended()) {
            return sandbox;
        }
        return InProgress.during(sandbox.id(), () -> endNow(sandbox, reason));
    }

    private Sandbox endNow(Sandbox sandbox, EndReason reason) {
        var stopping = sandbox.state() == SandboxState.STOPPING
                ? sandbox
                : store.transaction(handle -> sandboxes.update(handle, sandbox.stopping(reason)));
        try {
            destroyAll(stopping);
        } catch (ExtensionException e) {
            throw new SandboxException(
                    ErrorCode.BACKEND_FAILED,
                    stopping.extension() + " could not end sandbox " + sandbox.id() + ": " + e.getMessage()
                            + "; the next sandboxer command tries again",
                    e);
        }
        var why = stopping.reason() == null ? reason : stopping.reason();
        return store.transaction(handle -> sandboxes.update(handle, stopping.ended(why, clock.instant())));
    }

    /** The one it runs as, or whatever an attempt with unknown outcome may have left. */
    private void destroyAll(Sandbox sandbox) {
        if (sandbox.ref() != null && sandbox.extension() != null) {
            backends.of(sandbox.extension(), sandbox.credential()).destroy(sandbox.ref());
        }
        for (Attempt attempt : sandboxes.attempts(sandbox.id())) {
            if (attempt.outcome() == null) {
                var backend = backends.of(attempt.extension(), attempt.credential());
                find(backend, attempt).map(BackendSandbox::ref).ifPresent(backend::destroy);
                store.write(handle -> sandboxes.record(handle, attempt, Outcome.NOT_FOUND, "undone"));
            }
        }
    }

    Optional<BackendSandbox> find(Backend backend, Attempt attempt) {
        return backend.find(
                new SandboxTag(sandboxes.installation(), attempt.sandbox().value(), attempt.number()));
    }

    /** Records the end of a sandbox that its backend no longer has: at its deadline, or now and nobody knows why. */
    Sandbox gone(Sandbox sandbox) {
        if (sandbox.ref() != null && sandbox.extension() != null) {
            // absent is success, and what is left of its disk is freed
            backends.of(sandbox.extension(), sandbox.credential()).destroy(sandbox.ref());
        }
        var now = clock.instant();
        var expired = !now.isBefore(sandbox.deadline());
        return store.transaction(handle -> sandboxes.update(
                handle,
                sandbox.ended(expired ? EndReason.EXPIRED : EndReason.LOST, expired ? sandbox.deadline() : now)));
    }

    /** Whether its backend still has it. */
    boolean exists(Sandbox sandbox) {
        BackendRef ref = sandbox.ref();
        var extension = sandbox.extension();
        return ref != null
                && extension != null
                && backends.of(extension, sandbox.credential())
                        .find(lastTag(sandbox))
                        .isPresent();
    }

    private SandboxTag lastTag(Sandbox sandbox) {
        var number = sandboxes.attempts(sandbox.id()).getLast().number();
        return new SandboxTag(sandboxes.installation(), sandbox.id().value(), number);
    }
}
