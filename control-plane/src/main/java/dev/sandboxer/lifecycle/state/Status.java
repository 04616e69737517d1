package dev.sandboxer.lifecycle.state;

import dev.sandboxer.observe.ProcessIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Where a sandbox is in its life, and who brought it there.
 *
 * @param reason why it ends or ended; null before
 * @param pending what its backend may not have done yet; null when nothing
 * @param actor the process that last changed it
 */
public record Status(
        SandboxState state,
        @Nullable EndReason reason,
        @Nullable PendingChange pending,
        ProcessIdentity actor) {
    /** The next status, by this process; nothing is pending. */
    Status to(SandboxState next) {
        return new Status(state.to(next), reason, null, ProcessIdentity.current());
    }

    Status to(SandboxState next, EndReason why) {
        return new Status(state.to(next), why, null, ProcessIdentity.current());
    }

    Status to(SandboxState next, PendingChange change) {
        return new Status(state.to(next), reason, change, ProcessIdentity.current());
    }

    /** Names this process as the last to change it. State and pending change stay. */
    Status touched() {
        return new Status(state, reason, pending, ProcessIdentity.current());
    }

    /** Clears the pending change. The state stays. */
    Status settled() {
        return new Status(state, reason, null, ProcessIdentity.current());
    }
}
