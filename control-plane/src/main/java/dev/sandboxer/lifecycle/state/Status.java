package dev.sandboxer.lifecycle.state;

import dev.sandboxer.observe.ProcessIdentity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a sandbox, and the worker that changed it last.
 *
 * @param reason why it ends or ended; null before
 * @param exitCode exit code of the command that it was created for; null unless that has ended
 * @param pending the change that its backend may not have made yet; null = none
 * @param actor the worker that changed it last
 * @param leaseUntil until when only {@code actor} may work on it; null = nothing is unfinished
 */
public record Status(
        SandboxState state,
        @Nullable EndReason reason,
        @Nullable Integer exitCode,
        @Nullable PendingChange pending,
        ProcessIdentity actor,
        @Nullable Instant leaseUntil) {
    /** Returns the status with another state and nothing pending. */
    Status to(SandboxState next) {
        return new Status(state.to(next), reason, exitCode, null, actor, leaseUntil);
    }

    Status to(SandboxState next, Ending ending) {
        return new Status(state.to(next), ending.reason(), ending.exitCode(), null, actor, leaseUntil);
    }

    Status to(SandboxState next, PendingChange change) {
        return new Status(state.to(next), reason, exitCode, change, actor, leaseUntil);
    }

    /** Returns the status as a worker writes it: with a lease if something is unfinished. */
    Status writtenBy(ProcessIdentity worker, Instant lease) {
        return new Status(state, reason, exitCode, pending, worker, isUnfinished() ? lease : null);
    }

    /** Returns true if a worker has to finish a change of the sandbox. */
    boolean isUnfinished() {
        return pending != null || state == SandboxState.PROVISIONING || state == SandboxState.STOPPING;
    }

    /** Returns the status with the pause or resumption pending again that led to the current state. */
    Status reapplying() {
        var change = state == SandboxState.PAUSED ? PendingChange.PAUSE : PendingChange.RESUME;
        return new Status(state, reason, exitCode, change, actor, leaseUntil);
    }

    /** Returns the status without a pending change. The state stays the same. */
    Status settled() {
        return new Status(state, reason, exitCode, null, actor, leaseUntil);
    }
}
