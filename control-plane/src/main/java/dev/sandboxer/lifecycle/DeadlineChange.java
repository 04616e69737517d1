package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Leases;
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
 * Moves deadlines. A later deadline is set at the backend first and written second: a row must not promise more time than the backend
 * gives. An earlier deadline is written before and after the backend call, so that no time after the deadline is charged, however long the
 * call takes. If two changes overlap, the second one to write fails with a conflict and runs again, so the row and the backend agree in the
 * end.
 */
record DeadlineChange(
        SandboxStore sandboxes,
        Transitions transitions,
        Backends backends,
        Funding funding,
        Leases leases,
        InstantSource clock) {
    /**
     * Moves a deadline to a time from now, or as far as the profile, the consumer's credit and the backend allow.
     *
     * @param ttl from now
     * @throws SandboxException {@code INSUFFICIENT_CREDITS} when the new deadline would be later and credit allows no more time
     */
    Sandbox extend(Sandbox sandbox, Duration ttl, Profile profile) {
        return Conflicts.retry(() -> leases.exclusively(sandbox.id(), () -> {
            var current = sandboxes.current(sandbox);
            var latest = current.latestDeadline(profile);
            var asked = clock.instant().plus(ttl);
            return moveNow(current, asked.isAfter(latest) ? latest : asked);
        }));
    }

    /**
     * Extends a sandbox that got less time than requested for lack of credit, if the consumer can pay for more now.
     *
     * @throws SandboxException {@code INSUFFICIENT_CREDITS} when credit allows no more time
     */
    Sandbox extendToWanted(Sandbox seen) {
        return leases.exclusively(seen.id(), () -> {
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
        var wanted = sandbox.withAffordableDeadline(
                until, until.isBefore(asked) ? asked : null, sandbox.terms().onTimeout());
        if (until.isBefore(sandbox.deadline())) {
            var noted = transitions.commit(sandbox, wanted, Cause.DEADLINE_MOVED);
            return move(noted, noted);
        }
        return move(sandbox, wanted);
    }

    /** @param wanted the sandbox with its new deadline */
    private Sandbox move(Sandbox sandbox, Sandbox wanted) {
        var backend = backends.of(sandbox.extension(), sandbox.credential());
        var granted = backend.setDeadline(sandbox.requireRef(), wanted.backendDeadline());
        try {
            return transitions.commit(sandbox, wanted.granted(granted, clock.instant()), Cause.DEADLINE_MOVED);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                restorePause(sandboxes.current(sandbox), backend);
            } else if (e.code() == ErrorCode.INSUFFICIENT_CREDITS) {
                restoreDeadline(sandbox, backend, e);
            }
            throw e;
        }
    }

    /** Undoes a deadline that could not be paid for. If the backend refuses, repair ends the sandbox at the deadline in its row. */
    private static void restoreDeadline(Sandbox sandbox, Backend backend, SandboxException unpaid) {
        try {
            backend.setDeadline(sandbox.requireRef(), sandbox.backendDeadline());
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                throw e; // the caller writes the end
            }
            unpaid.addSuppressed(e);
        }
    }

    /**
     * Returns the requested deadline, or an earlier one if credit allows no more. The time up to the current deadline is already paid for.
     */
    private Instant affordable(Sandbox sandbox, Instant asked) {
        var deadline = sandbox.deadline();
        if (!asked.isAfter(deadline)) {
            return asked;
        }
        var until = funding.affordableUntil(sandbox, clock.instant(), asked);
        if (!until.isAfter(deadline)) {
            throw new SandboxException(
                    ErrorCode.INSUFFICIENT_CREDITS,
                    "consumer " + sandbox.consumer() + " can't pay for more time of sandbox " + sandbox.id()
                            + "; grant credits with: sandboxer credits grant " + sandbox.consumer() + " AMOUNT");
        }
        return until;
    }

    /**
     * Restores the deadline of a sandbox that another worker has just paused: the backend took the new deadline for the end of the pause.
     */
    private static void restorePause(Sandbox now, Backend backend) {
        if (now.state() == SandboxState.PAUSED) {
            backend.setDeadline(now.requireRef(), now.deadline());
        }
    }
}
