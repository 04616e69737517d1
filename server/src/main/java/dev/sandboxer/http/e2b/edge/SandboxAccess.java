package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.CallInterrupt.Cause;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import java.time.Duration;

/** Opens calls into sandboxes for the data plane. Thread-safe. */
public final class SandboxAccess {
    /** How long a sandbox lives after a call has woken it, unless its profile allows less. */
    private static final Duration WAKE = Duration.ofMinutes(5);

    private final Sandboxes sandboxes;
    private final Templates templates;
    private final LiveStreams streams = new LiveStreams();

    public SandboxAccess(Sandboxes sandboxes, Templates templates) {
        this.sandboxes = sandboxes;
        this.templates = templates;
        sandboxes.onPause(streams::cutAll);
    }

    /**
     * Begins a call into a sandbox that runs, or is paused and resumes automatically.
     *
     * @throws SandboxGoneException if there is no such sandbox
     */
    public SandboxCall call(HttpExchange exchange, SandboxId id) {
        return new SandboxCall(this, exchange, register(id));
    }

    /** Cuts calls into sandboxes that no longer run. Needed because other processes may have ended or paused them. */
    public void cutEnded() {
        streams.cutAllExcept(sandboxes::isRunning);
    }

    Sandboxes sandboxes() {
        return sandboxes;
    }

    LiveStreams streams() {
        return streams;
    }

    /**
     * A call that is registered with its sandbox.
     *
     * @param sandbox the sandbox as it was read after the registration
     * @param interrupt cancels the call
     */
    record RegisteredCall(Sandbox sandbox, CallInterrupt interrupt, LiveStreams.Registration registration)
            implements AutoCloseable {
        @Override
        public void close() {
            registration.close();
        }
    }

    /**
     * Registers a call of the current thread with a sandbox, then reads the sandbox's row.
     *
     * @throws SandboxGoneException if the sandbox neither runs nor resumes automatically
     */
    RegisteredCall register(SandboxId id) {
        var interrupt = new CallInterrupt();
        var registration = streams.add(id, () -> interrupt.cancel(Cause.SANDBOX));
        try {
            return new RegisteredCall(find(id), interrupt, registration);
        } catch (RuntimeException e) {
            registration.close();
            throw e;
        }
    }

    private Sandbox find(SandboxId id) {
        return sandboxes
                .find(id)
                .filter(sandbox -> sandbox.state() == SandboxState.RUNNING
                        || sandbox.state() == SandboxState.PAUSED
                                && sandbox.terms().autoResume())
                .orElseThrow(() -> new SandboxGoneException(id));
    }

    /** Waits for a change of the sandbox that is in progress, then resumes the sandbox if it is paused. */
    void wake(Sandbox seen) {
        var sandbox = sandboxes.settled(seen);
        if (sandbox.state() != SandboxState.PAUSED) {
            return;
        }
        var profile = templates.of(sandbox);
        var time = profile.maxTtl().compareTo(WAKE) < 0 ? profile.maxTtl() : WAKE;
        try {
            sandboxes.resume(sandbox, time, profile);
        } catch (SandboxException e) {
            // another call may have resumed it at the same moment
            if (e.code() != ErrorCode.CONFLICT || !sandboxes.isRunning(sandbox.id())) {
                throw e;
            }
        }
    }
}
