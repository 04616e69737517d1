package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.launch.Launcher;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Ending;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.PendingChange;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.routing.Backends;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Runs the start commands of sandboxes and waits until they are ready. Until then the row has {@link PendingChange#START}, so that
 * {@link Repair} ends sandboxes that a crash left half started.
 */
record Startup(
        SandboxStore sandboxes,
        Transitions transitions,
        Termination termination,
        Backends backends,
        BackendCalls calls,
        Leases leases,
        InstantSource clock,
        Sleeper sleeper) {
    /**
     * Runs the start command and the ready check of a new sandbox. A sandbox that doesn't become ready is ended; the time until then is
     * charged.
     *
     * @throws SandboxException {@code START_FAILED}; {@code SANDBOX_ENDED} when the sandbox ended before it was ready; other failed calls
     *     to the sandbox with their own codes
     */
    Sandbox start(Sandbox made) {
        if (made.pending() != PendingChange.START) {
            return made;
        }
        try {
            launch(made, made.snapshot() == null);
            return ready(made);
        } catch (RuntimeException e) {
            end(made, e);
            throw e;
        }
    }

    /**
     * Runs the start command of a resumed sandbox again if its processes did not survive the pause. If that fails, the sandbox keeps
     * running without them.
     *
     * @throws SandboxException as {@link #start}
     */
    Sandbox startAgain(Sandbox resumed) {
        if (resumed.launch().doesSomething()) {
            launch(resumed, false);
        }
        return resumed;
    }

    /** Makes the next resume run the start command again. Call it before a pause that kills all processes. */
    void forget(Sandbox sandbox) {
        if (sandbox.launch().command() == null || sandbox.state() != SandboxState.RUNNING) {
            return;
        }
        try (var session =
                backends.of(sandbox.extension(), sandbox.credential()).connect(sandbox.requireRef())) {
            new Launcher(session, sandbox.launch(), sleeper).forget();
        }
    }

    /** @param fresh true if the start command can't be running yet */
    private void launch(Sandbox sandbox, boolean fresh) {
        var longest = Duration.between(clock.instant(), sandbox.deadline());
        try {
            calls.<Boolean, InterruptedException>run(sandbox, () -> {
                try (var session =
                        backends.of(sandbox.extension(), sandbox.credential()).connect(sandbox.requireRef())) {
                    var launcher = new Launcher(session, sandbox.launch(), sleeper);
                    if (fresh) {
                        launcher.start(longest);
                    } else {
                        launcher.startAgain(longest);
                    }
                    return true;
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(
                    ErrorCode.CONFLICT, "interrupted while sandbox " + sandbox.id() + " was starting", e);
        } catch (SandboxException e) {
            throw e.code() == ErrorCode.START_FAILED
                    ? new SandboxException(e.code(), "sandbox " + sandbox.id() + ": " + e.getMessage(), e)
                    : e;
        }
    }

    /** Writes that the sandbox is ready. Retries, since its deadline may have been moved meanwhile. */
    private Sandbox ready(Sandbox made) {
        return Conflicts.retry(() -> leases.exclusively(made.id(), () -> {
            var current = sandboxes.current(made);
            current.requireRunning();
            return current.pending() == PendingChange.START
                    ? transitions.commit(current, current.settled(), Cause.READY)
                    : current;
        }));
    }

    /** Ends a sandbox that did not become ready. If that fails too, repair ends it. */
    private void end(Sandbox made, RuntimeException cause) {
        var interrupted = Thread.interrupted(); // an interrupt would abort the backend call
        try {
            termination.endAnyway(made, Ending.of(EndReason.FAILED));
        } catch (SandboxException e) {
            cause.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
