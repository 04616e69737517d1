package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.PendingChange;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.lifecycle.terms.DeadlinePolicy;
import dev.sandboxer.routing.Backends;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Pauses and resumes sandboxes in three steps: write the wanted state, call the backend, write that it is done. After a crash between two
 * steps the backend is called again; the calls are idempotent.
 */
final class PauseResume {
    private final SandboxStore sandboxes;
    private final Transitions transitions;
    private final Backends backends;
    private final Funding funding;
    private final Leases leases;
    private final InstantSource clock;
    private final List<Consumer<SandboxId>> listeners = new CopyOnWriteArrayList<>();

    PauseResume(
            SandboxStore sandboxes,
            Transitions transitions,
            Backends backends,
            Funding funding,
            Leases leases,
            InstantSource clock) {
        this.sandboxes = sandboxes;
        this.transitions = transitions;
        this.backends = backends;
        this.funding = funding;
        this.leases = leases;
        this.clock = clock;
    }

    /**
     * Pauses a running sandbox with its memory.
     *
     * @throws SandboxException {@code UNSUPPORTED} when its backend can't pause; {@code CONFLICT} when it was changed meanwhile
     * @throws ExtensionException the backend's failure; if its effect is {@code NOT_APPLIED}, the sandbox is unchanged
     */
    Sandbox pause(Sandbox sandbox) {
        return pauseAndNotify(sandbox, this::pausing);
    }

    /**
     * Pauses a running sandbox and keeps only its disk.
     *
     * @throws SandboxException as {@link #pause}; {@code UNSUPPORTED} also when its backend always keeps the memory
     */
    Sandbox pauseDisk(Sandbox sandbox) {
        try {
            return pauseAndNotify(sandbox, current -> {
                current.requireRunning();
                var now = clock.instant();
                return current.pausingDisk(now, now.plus(DeadlinePolicy.KEPT_PAUSED));
            });
        } catch (ExtensionException e) {
            if (e.kind() == ExtensionException.Kind.UNSUPPORTED) {
                throw new SandboxException(
                        ErrorCode.UNSUPPORTED,
                        sandbox.extension() + ": " + e.getMessage() + "; pause with memory instead",
                        e);
            }
            throw e;
        }
    }

    /** Pauses a sandbox unless it has changed since the caller read it: its deadline may have been moved. */
    Sandbox pauseUnchanged(Sandbox seen) {
        return pauseAndNotify(seen, current -> {
            Conflicts.requireUnchanged(seen, current);
            return pausing(current);
        });
    }

    private Sandbox pausing(Sandbox current) {
        current.requireRunning();
        var now = clock.instant();
        return current.pausing(now, now.plus(DeadlinePolicy.KEPT_PAUSED));
    }

    /** Pauses a sandbox, and notifies the listeners before it can be resumed, so that they abort the calls into it. */
    private Sandbox pauseAndNotify(Sandbox seen, UnaryOperator<Sandbox> pause) {
        return leases.exclusively(seen.id(), () -> {
            var paused = change(seen, pause, Cause.PAUSE_BEGUN);
            listeners.forEach(listener -> listener.accept(paused.id()));
            return paused;
        });
    }

    /** Adds a listener that receives each sandbox that this process has paused. */
    void onPause(Consumer<SandboxId> listener) {
        listeners.add(listener);
    }

    /**
     * Resumes a paused sandbox.
     *
     * @param ttl time to live, from now
     * @throws SandboxException {@code CONFLICT} when it is not paused
     */
    Sandbox resume(Sandbox sandbox, Duration ttl) {
        return change(
                sandbox,
                current -> {
                    current.requireNotEnded();
                    if (current.state() != SandboxState.PAUSED) {
                        throw new SandboxException(ErrorCode.CONFLICT, "sandbox " + current.id() + " is not paused");
                    }
                    var now = clock.instant();
                    return current.resuming(now, now.plus(ttl));
                },
                Cause.RESUME_BEGUN);
    }

    /** Waits until this process no longer pauses or resumes the sandbox, and returns it as it is then. */
    Sandbox settled(Sandbox sandbox) {
        return sandbox.pending() == null ? sandbox : leases.exclusively(sandbox.id(), () -> sandboxes.current(sandbox));
    }

    /**
     * Writes a change and applies it at the backend.
     *
     * @param wanted makes the change from the current sandbox, which may differ from {@code seen}
     */
    private Sandbox change(Sandbox seen, UnaryOperator<Sandbox> wanted, Cause cause) {
        return leases.exclusively(seen.id(), () -> {
            var before = sandboxes.current(seen);
            requireSettled(before);
            backend(before); // fails before anything is written if the backend can't pause
            var written = transitions.commit(before, wanted.apply(before), cause);
            try {
                return applyPending(written);
            } catch (ExtensionException e) {
                if (e.effect() == Effect.NOT_APPLIED && e.kind() != ExtensionException.Kind.GONE) {
                    transitions.commit(written, written.reverted(before), Cause.REVERTED);
                }
                throw e;
            }
        });
    }

    private void requireSettled(Sandbox sandbox) {
        if (sandbox.pending() == PendingChange.START) {
            throw new SandboxException(ErrorCode.CONFLICT, "sandbox " + sandbox.id() + " is still starting; try again");
        }
        if (sandbox.pending() != null && leases.isActiveElsewhere(sandbox)) {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "another process is pausing or resuming sandbox " + sandbox.id() + "; try again");
        }
    }

    /**
     * Applies a pending change again after a crash.
     *
     * @throws SandboxException {@code CONFLICT} when the sandbox has changed since the caller read it
     */
    Sandbox finish(Sandbox seen) {
        return leases.exclusively(seen.id(), () -> {
            Conflicts.requireUnchanged(seen, sandboxes.current(seen));
            return applyPending(seen);
        });
    }

    /**
     * Pauses or resumes a sandbox at its backend again, to match its row. Needed when an earlier, given-up call took effect after a later
     * one.
     *
     * @throws SandboxException {@code CONFLICT} when the sandbox has changed since the caller read it
     */
    Sandbox repeat(Sandbox seen) {
        return leases.exclusively(seen.id(), () -> applyPending(transitions.takeOver(seen.reapplying())));
    }

    /** Applies the pending change at the backend, and writes that it is done. */
    private Sandbox applyPending(Sandbox sandbox) {
        leases.requireHeld(sandbox);
        var backend = backend(sandbox);
        return switch (Objects.requireNonNull(sandbox.pending())) {
            case START -> throw new IllegalStateException("a pending start needs no backend call: " + sandbox.id());
            case PAUSE -> {
                backend.pause(sandbox.requireRef(), sandbox.deadline());
                yield paused(sandbox, backend);
            }
            case PAUSE_DISK -> {
                backend.pauseDisk(sandbox.requireRef(), sandbox.deadline());
                yield paused(sandbox, backend);
            }
            case RESUME -> {
                var until = backend.resume(sandbox.requireRef(), sandbox.backendDeadline());
                yield written(sandbox, backend, sandbox.settled().granted(until, clock.instant()), Cause.RESUMED);
            }
        };
    }

    private Sandbox paused(Sandbox sandbox, Pausing backend) {
        funding.read(List.of(sandbox));
        return written(sandbox, backend, sandbox.settled(), Cause.PAUSED);
    }

    /**
     * Writes that the backend has applied a change. If another worker has taken the sandbox over and written the opposite state, that state
     * is applied again: the latest row counts.
     */
    private Sandbox written(Sandbox before, Pausing backend, Sandbox done, Cause cause) {
        try {
            return transitions.commit(before, done, cause);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                applyCurrent(before, sandboxes.current(before), backend);
            }
            throw e;
        }
    }

    private static void applyCurrent(Sandbox applied, Sandbox now, Pausing backend) {
        if (now.state() == applied.state()) {
            return;
        }
        switch (now.state()) {
            case RUNNING -> backend.resume(now.requireRef(), now.backendDeadline());
            case PAUSED -> backend.pause(now.requireRef(), now.deadline());
            default -> {
                // it is being ended
            }
        }
    }

    private Pausing backend(Sandbox sandbox) {
        if (backends.of(sandbox.extension(), sandbox.credential()) instanceof Pausing backend) {
            return backend;
        }
        throw new SandboxException(ErrorCode.UNSUPPORTED, sandbox.extension() + " can't pause sandboxes");
    }
}
