package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.Pausing;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.DeadlinePolicy;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.routing.Backends;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Pauses and resumes sandboxes. Three steps: write the wanted state, tell the backend, write that it is done. After a crash
 * between two steps the backend is told again, which does no harm.
 */
final class PauseResume {
    private final SandboxStore sandboxes;
    private final Transitions transitions;
    private final Backends backends;
    private final Leases leases;
    private final InstantSource clock;
    private final List<Consumer<SandboxId>> listeners = new CopyOnWriteArrayList<>();

    PauseResume(
            SandboxStore sandboxes, Transitions transitions, Backends backends, Leases leases, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.transitions = transitions;
        this.backends = backends;
        this.leases = leases;
        this.clock = clock;
    }

    /**
     * Pauses a running sandbox.
     *
     * @throws SandboxException {@code UNSUPPORTED} when its backend can't; {@code CONFLICT} when it was changed meanwhile
     * @throws ExtensionException the backend's failure; with effect {@code NOT_APPLIED} the row is as it was
     */
    Sandbox pause(Sandbox sandbox) {
        return pauseAndTell(sandbox, this::pausing);
    }

    /** Pauses it only if nothing has changed since it was seen: its deadline may have been moved. */
    Sandbox pauseUnchanged(Sandbox seen) {
        return pauseAndTell(seen, current -> {
            Conflicts.requireUnchanged(seen, current);
            return pausing(current);
        });
    }

    private Sandbox pausing(Sandbox current) {
        current.requireRunning();
        var now = clock.instant();
        return current.pausing(now, now.plus(DeadlinePolicy.KEPT_PAUSED));
    }

    /** Listeners hear of it before anybody can resume it: they cut what is under way in it by then. */
    private Sandbox pauseAndTell(Sandbox seen, UnaryOperator<Sandbox> pause) {
        return leases.alone(seen.id(), () -> {
            var paused = change(seen, pause, Cause.PAUSE_BEGUN);
            listeners.forEach(listener -> listener.accept(paused.id()));
            return paused;
        });
    }

    void onPause(Consumer<SandboxId> listener) {
        listeners.add(listener);
    }

    /**
     * Lets it go on for that long.
     *
     * @throws SandboxException {@code CONFLICT} when it is not paused
     */
    Sandbox resume(Sandbox sandbox, Duration ttl) {
        return change(
                sandbox,
                current -> {
                    current.requireThere();
                    if (current.state() != SandboxState.PAUSED) {
                        throw new SandboxException(ErrorCode.CONFLICT, "sandbox " + current.id() + " is not paused");
                    }
                    var now = clock.instant();
                    return current.resuming(now, now.plus(ttl));
                },
                Cause.RESUME_BEGUN);
    }

    /** The sandbox once nobody in this process is pausing or resuming it. */
    Sandbox settled(Sandbox sandbox) {
        return sandbox.pending() == null ? sandbox : leases.alone(sandbox.id(), () -> sandboxes.current(sandbox));
    }

    /**
     * Writes the change, and tells the backend.
     *
     * @param wanted makes it from the sandbox as it is now, which may not be as the caller has seen it
     */
    private Sandbox change(Sandbox seen, UnaryOperator<Sandbox> wanted, Cause cause) {
        return leases.alone(seen.id(), () -> {
            var before = sandboxes.current(seen);
            requireSettled(before);
            backend(before); // fails before anything is written
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
        if (sandbox.pending() != null && leases.isActiveElsewhere(sandbox)) {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "another process is just pausing or resuming sandbox " + sandbox.id() + "; try again");
        }
    }

    /**
     * Tells the backend again what was written down, after a crash.
     *
     * @throws SandboxException {@code CONFLICT} when something else has been written down since it was seen
     */
    Sandbox finish(Sandbox seen) {
        return leases.alone(seen.id(), () -> {
            Conflicts.requireUnchanged(seen, sandboxes.current(seen));
            return applyPending(seen);
        });
    }

    /**
     * Tells the backend again whether it runs or is paused, since it was seen otherwise there: a call that was given up may have
     * been carried out after a later one.
     *
     * @throws SandboxException {@code CONFLICT} when it has changed since it was seen
     */
    Sandbox repeat(Sandbox seen) {
        return leases.alone(seen.id(), () -> applyPending(transitions.takeOver(seen.again())));
    }

    /** Tells its backend what is pending, and writes down that it is done. */
    private Sandbox applyPending(Sandbox sandbox) {
        leases.requireHeld(sandbox);
        var backend = backend(sandbox);
        return switch (Objects.requireNonNull(sandbox.pending())) {
            case PAUSE -> {
                backend.pause(sandbox.requireRef(), sandbox.deadline());
                yield written(sandbox, backend, sandbox.settled(), Cause.PAUSED);
            }
            case RESUME -> {
                var until = backend.resume(sandbox.requireRef(), sandbox.backendDeadline());
                yield written(sandbox, backend, sandbox.settled().granted(until, clock.instant()), Cause.RESUMED);
            }
        };
    }

    /**
     * Writes down that the backend has done it. If another worker has taken the sandbox over meanwhile and wants the contrary, the
     * backend is told that once more: the row that comes last counts.
     */
    private Sandbox written(Sandbox before, Pausing backend, Sandbox done, Cause cause) {
        try {
            return transitions.commit(before, done, cause);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                tellContrary(before, sandboxes.current(before), backend);
            }
            throw e;
        }
    }

    private static void tellContrary(Sandbox told, Sandbox now, Pausing backend) {
        if (now.state() == told.state()) {
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
