package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox as the store knows it. Immutable; every change is a new version.
 *
 * @param version counts changes from 1
 * @param reason why it ended, once it has
 * @param extension who runs it, once somebody does
 * @param ref its id in the backend's own terms, once it has one
 * @param startedAt when it was ready
 * @param deadline when the backend ends it by itself
 * @param actor the process that last began something with it
 * @param holder the process it must not outlive; null for those that stay
 * @param terms what was agreed beyond its profile
 * @param snapshot the snapshot it was started from; null = a template
 * @param pausedAt when it was paused, while it is
 * @param resumedAt when it last went on after a pause; null when it never was paused
 * @param transition what its backend may not have done yet, while that is so
 * @param receipt the credential it was made with, which alone is used for it; null = none is needed, or nothing was made
 */
public record Sandbox(
        SandboxId id,
        long version,
        String consumer,
        ProfileName profile,
        SandboxState state,
        @Nullable EndReason reason,
        @Nullable ExtensionId extension,
        @Nullable BackendRef ref,
        SandboxSize size,
        Map<String, String> metadata,
        Instant createdAt,
        @Nullable Instant startedAt,
        Instant deadline,
        @Nullable Instant endedAt,
        ProcessIdentity actor,
        @Nullable ProcessIdentity holder,
        Terms terms,
        @Nullable String snapshot,
        @Nullable Instant pausedAt,
        @Nullable Instant resumedAt,
        @Nullable Transition transition,
        @Nullable Receipt receipt) {
    public Sandbox {
        metadata = Map.copyOf(metadata);
    }

    /** A copy being changed. */
    private Change change() {
        return new Change(this);
    }

    private Change become(SandboxState next) {
        var change = change();
        change.state = state.to(next);
        return change;
    }

    /** Whom its backend knows us as. */
    @Nullable CredentialId credential() {
        return receipt == null ? null : receipt.credential();
    }

    Sandbox provisioning(ExtensionId by, @Nullable Receipt with) {
        var change = state == SandboxState.PROVISIONING ? change() : become(SandboxState.PROVISIONING);
        change.extension = by;
        change.receipt = with;
        change.ref = null;
        return change.made();
    }

    /** What its backend has made, with no more time than it gives; see {@link Hibernation#ownDeadline}. */
    Sandbox running(BackendSandbox made, Instant now) {
        var change = become(SandboxState.RUNNING);
        change.ref = made.ref();
        change.size = made.size();
        change.startedAt = made.createdAt();
        var granted = Hibernation.ownDeadline(terms.onTimeout(), made.deadline(), now);
        if (terms.onTimeout() == OnTimeout.KILL || granted.isBefore(deadline)) {
            change.deadline = granted;
        }
        return change.made();
    }

    /**
     * @param keptUntil when it is thrown away if nobody has resumed it
     */
    Sandbox pausing(Instant at, Instant keptUntil) {
        var change = become(SandboxState.PAUSED);
        change.pausedAt = at;
        change.deadline = keptUntil;
        change.transition = Transition.PAUSE;
        return change.made();
    }

    Sandbox resuming(Instant now, Instant until) {
        var change = become(SandboxState.RUNNING);
        change.pausedAt = null;
        change.resumedAt = now;
        change.deadline = until;
        change.transition = Transition.RESUME;
        return change.made();
    }

    /** Its backend has done what was to be done. */
    Sandbox settled() {
        var change = change();
        change.transition = null;
        return change.made();
    }

    /** Back to what it was, the backend having refused to change it. */
    Sandbox unchanged(Sandbox before) {
        var change = become(before.state);
        change.pausedAt = before.pausedAt;
        change.resumedAt = before.resumedAt;
        change.deadline = before.deadline;
        change.transition = null;
        return change.made();
    }

    Sandbox stopping(EndReason why) {
        var change = become(SandboxState.STOPPING);
        change.reason = why;
        change.transition = null;
        return change.made();
    }

    /** Ended: STOPPED when it ever ran, else FAILED. */
    Sandbox ended(EndReason why, Instant at) {
        var change = become(startedAt == null ? SandboxState.FAILED : SandboxState.STOPPED);
        change.reason = why;
        change.endedAt = at;
        change.transition = null;
        return change.made();
    }

    /** The latest deadline it can have: time goes on only while it isn't paused. */
    public Instant latestDeadline(Profile profile) {
        return (resumedAt == null ? createdAt : resumedAt).plus(profile.maxTtl());
    }

    Sandbox until(Instant newDeadline) {
        var change = change();
        change.deadline = newDeadline;
        return change.made();
    }

    /** The fields that a change may touch. */
    private static final class Change {
        private final Sandbox from;
        private SandboxState state;
        private @Nullable EndReason reason;
        private @Nullable ExtensionId extension;
        private @Nullable BackendRef ref;
        private SandboxSize size;
        private @Nullable Instant startedAt;
        private Instant deadline;
        private @Nullable Instant endedAt;
        private @Nullable Instant pausedAt;
        private @Nullable Instant resumedAt;
        private @Nullable Transition transition;
        private @Nullable Receipt receipt;

        private Change(Sandbox from) {
            this.from = from;
            this.state = from.state;
            this.reason = from.reason;
            this.extension = from.extension;
            this.ref = from.ref;
            this.size = from.size;
            this.startedAt = from.startedAt;
            this.deadline = from.deadline;
            this.endedAt = from.endedAt;
            this.pausedAt = from.pausedAt;
            this.resumedAt = from.resumedAt;
            this.transition = from.transition;
            this.receipt = from.receipt;
        }

        /** By this process; the store gives it its version. */
        private Sandbox made() {
            return new Sandbox(
                    from.id,
                    from.version,
                    from.consumer,
                    from.profile,
                    state,
                    reason,
                    extension,
                    ref,
                    size,
                    from.metadata,
                    from.createdAt,
                    startedAt,
                    deadline,
                    endedAt,
                    ProcessIdentity.current(),
                    from.holder,
                    from.terms,
                    from.snapshot,
                    pausedAt,
                    resumedAt,
                    transition,
                    receipt);
        }
    }
}
