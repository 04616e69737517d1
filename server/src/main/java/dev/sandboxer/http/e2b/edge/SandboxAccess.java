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

/** The way into sandboxes for the data plane. Thread-safe. */
public final class SandboxAccess {
    /** For how long a sandbox is woken by work that arrives. */
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
     * Begins a call into a sandbox that runs, or is paused and to be woken by calls.
     *
     * @throws SandboxGoneException when there is none
     */
    public SandboxCall call(HttpExchange exchange, SandboxId id) {
        return new SandboxCall(this, exchange, look(id));
    }

    /** Cuts calls into sandboxes that no longer run: other processes end and pause sandboxes too. */
    public void cutEnded() {
        streams.keepOnly(sandboxes::isRunning);
    }

    Sandboxes sandboxes() {
        return sandboxes;
    }

    LiveStreams streams() {
        return streams;
    }

    /**
     * A sandbox as it was seen, by a thread that was registered with it before that.
     *
     * @param interrupt ends what the thread does in the sandbox
     */
    record Look(Sandbox sandbox, CallInterrupt interrupt, LiveStreams.Open registration) implements AutoCloseable {
        @Override
        public void close() {
            registration.close();
        }
    }

    /**
     * Registers this thread with a sandbox, then reads the sandbox's row.
     *
     * @throws SandboxGoneException when it neither runs nor can be woken
     */
    Look look(SandboxId id) {
        var interrupt = new CallInterrupt();
        var registration = streams.add(id, () -> interrupt.now(Cause.SANDBOX));
        try {
            return new Look(find(id), interrupt, registration);
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

    /** Waits for a change that is under way, then resumes the sandbox if it is paused. */
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
            // somebody else may have been faster
            if (e.code() != ErrorCode.CONFLICT || !sandboxes.isRunning(sandbox.id())) {
                throw e;
            }
        }
    }
}
