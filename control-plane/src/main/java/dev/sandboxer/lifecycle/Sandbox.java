package dev.sandboxer.lifecycle;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.SandboxSize;
import dev.sandboxer.observe.ProcessIdentity;
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
        @Nullable ProcessIdentity holder) {
    public Sandbox {
        metadata = Map.copyOf(metadata);
    }

    /** A change that the state machine allows; the store gives it its version. */
    Sandbox to(SandboxState next) {
        if (!state.next().contains(next)) {
            throw new IllegalStateException("sandbox " + id + " can't go from " + state + " to " + next);
        }
        return with(next, reason, extension, ref, startedAt, deadline, endedAt);
    }

    Sandbox provisioning(ExtensionId by) {
        var moved = state == SandboxState.PROVISIONING ? this : to(SandboxState.PROVISIONING);
        return moved.with(moved.state, null, by, null, null, deadline, null);
    }

    Sandbox running(BackendRef as, SandboxSize got, Instant at, Instant until) {
        var moved = to(SandboxState.RUNNING);
        return new Sandbox(
                id,
                version,
                consumer,
                profile,
                moved.state,
                null,
                extension,
                as,
                got,
                metadata,
                createdAt,
                at,
                until,
                null,
                ProcessIdentity.current(),
                holder);
    }

    Sandbox stopping(EndReason why) {
        var moved = to(SandboxState.STOPPING);
        return moved.with(moved.state, why, extension, ref, startedAt, deadline, null);
    }

    /** Ended: STOPPED when it ever ran, else FAILED. */
    Sandbox ended(EndReason why, Instant at) {
        var moved = to(startedAt == null ? SandboxState.FAILED : SandboxState.STOPPED);
        return moved.with(moved.state, why, extension, ref, startedAt, deadline, at);
    }

    Sandbox until(Instant newDeadline) {
        return with(state, reason, extension, ref, startedAt, newDeadline, endedAt);
    }

    private Sandbox with(
            SandboxState newState,
            @Nullable EndReason newReason,
            @Nullable ExtensionId newExtension,
            @Nullable BackendRef newRef,
            @Nullable Instant newStart,
            Instant newDeadline,
            @Nullable Instant newEnd) {
        return new Sandbox(
                id,
                version,
                consumer,
                profile,
                newState,
                newReason,
                newExtension,
                newRef,
                size,
                metadata,
                createdAt,
                newStart,
                newDeadline,
                newEnd,
                ProcessIdentity.current(),
                holder);
    }
}
