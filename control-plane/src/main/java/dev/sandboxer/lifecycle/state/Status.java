package dev.sandboxer.lifecycle.state;

import dev.sandboxer.observe.ProcessIdentity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a sandbox is in its life, and who brought it there.
 *
 * @param reason why it ends or ended; null before
 * @param pending what its backend may not have done yet; null when nothing
 * @param actor who changed it last
 * @param leaseUntil until when {@code actor} alone works on it; null = nobody does
 */
public record Status(
        SandboxState state,
        @Nullable EndReason reason,
        @Nullable PendingChange pending,
        ProcessIdentity actor,
        @Nullable Instant leaseUntil) {
    /** The next status; nothing is pending. */
    Status to(SandboxState next) {
        return new Status(state.to(next), reason, null, actor, leaseUntil);
    }

    Status to(SandboxState next, EndReason why) {
        return new Status(state.to(next), why, null, actor, leaseUntil);
    }

    Status to(SandboxState next, PendingChange change) {
        return new Status(state.to(next), reason, change, actor, leaseUntil);
    }

    /** Changed by that worker, who goes on working on it as long as something is left to do. */
    Status by(ProcessIdentity worker, Instant lease) {
        return new Status(state, reason, pending, worker, isUnfinished() ? lease : null);
    }

    /** Returns true if somebody has to work on it until it is finished. */
    boolean isUnfinished() {
        return pending != null || state == SandboxState.PROVISIONING || state == SandboxState.STOPPING;
    }

    /** Running or paused, which its backend shall be told once more. */
    Status again() {
        var change = state == SandboxState.PAUSED ? PendingChange.PAUSE : PendingChange.RESUME;
        return new Status(state, reason, change, actor, leaseUntil);
    }

    /** Clears the pending change. The state stays. */
    Status settled() {
        return new Status(state, reason, null, actor, leaseUntil);
    }
}
