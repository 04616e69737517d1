package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Backends;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Moves a deadline: at the backend first, since a row must not promise more than the backend keeps. Of two changes at once, the
 * one whose row comes second tells the backend again, so that both agree in the end.
 */
record DeadlineChange(
        SandboxStore sandboxes,
        Transitions transitions,
        Backends backends,
        Funding funding,
        Leases leases,
        InstantSource clock) {
    /**
     * Moves it to that long from now, or as far as its profile, its consumer's credit and its backend allow.
     *
     * @throws SandboxException {@code INSUFFICIENT_CREDITS} when a later deadline is wanted and credit allows none
     */
    Sandbox extend(Sandbox sandbox, Duration ttl, Profile profile) {
        return Conflicts.retry(() -> leases.alone(sandbox.id(), () -> {
            var current = sandboxes.current(sandbox);
            var latest = current.latestDeadline(profile);
            var asked = clock.instant().plus(ttl);
            return moveNow(current, asked.isAfter(latest) ? latest : asked);
        }));
    }

    /** Gives one that is short of credit more of the time that was asked for, if its consumer can pay for some by now. */
    Sandbox continueShort(Sandbox seen) {
        return leases.alone(seen.id(), () -> {
            var current = sandboxes.current(seen);
            Conflicts.requireUnchanged(seen, current);
            var wanted = current.times().wantedUntil();
            return wanted == null ? current : moveNow(current, wanted);
        });
    }

    private Sandbox moveNow(Sandbox sandbox, Instant asked) {
        sandbox.requireRunning();
        if (!backends.has(sandbox.extension(), Capability.EXTEND)) {
            throw new SandboxException(ErrorCode.UNSUPPORTED, sandbox.extension() + " can't move a deadline");
        }
        var until = affordable(sandbox, asked);
        var onTimeout = sandbox.terms().onTimeout();
        var wanted = sandbox.afforded(until, until.isBefore(asked) ? asked : null, onTimeout);
        var backend = backends.of(sandbox.extension(), sandbox.credential());
        var granted = backend.setDeadline(sandbox.requireRef(), wanted.backendDeadline());
        try {
            return transitions.commit(sandbox, wanted.granted(granted, clock.instant()), Cause.DEADLINE_MOVED);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                restorePause(sandboxes.current(sandbox), backend);
            } else if (e.code() == ErrorCode.INSUFFICIENT_CREDITS) {
                backend.setDeadline(sandbox.requireRef(), sandbox.backendDeadline());
            }
            throw e;
        }
    }

    /** What it has already is paid for. */
    private Instant affordable(Sandbox sandbox, Instant asked) {
        var deadline = sandbox.deadline();
        if (!asked.isAfter(deadline)) {
            return asked;
        }
        var until = funding.until(sandbox, clock.instant(), asked);
        if (!until.isAfter(deadline)) {
            throw new SandboxException(
                    ErrorCode.INSUFFICIENT_CREDITS,
                    "consumer " + sandbox.consumer() + " can't pay for more time of sandbox " + sandbox.id()
                            + "; grant credits with: sandboxer credits grant " + sandbox.consumer() + " AMOUNT");
        }
        return until;
    }

    /** Another worker may have paused it just before, and then the backend took the deadline for that of the pause. */
    private static void restorePause(Sandbox now, Backend backend) {
        if (now.state() == SandboxState.PAUSED) {
            backend.setDeadline(now.requireRef(), now.deadline());
        }
    }
}
