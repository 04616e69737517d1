package dev.sandboxer.lifecycle.state;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The times of a sandbox, in whole milliseconds as in rows.
 *
 * @param createdAt when it was requested
 * @param startedAt when it first accepted commands; null until then
 * @param deadline when it ends or pauses by itself
 * @param pausedAt since when it is paused; null while it isn't
 * @param resumedAt when it was last resumed; null if it never was
 * @param endedAt null until it has ended
 * @param wantedUntil the requested deadline, if its consumer's credit allows only an earlier one; else null
 */
public record Times(
        Instant createdAt,
        @Nullable Instant startedAt,
        Instant deadline,
        @Nullable Instant pausedAt,
        @Nullable Instant resumedAt,
        @Nullable Instant endedAt,
        @Nullable Instant wantedUntil) {
    public Times {
        createdAt = millis(createdAt);
        startedAt = startedAt == null ? null : millis(startedAt);
        deadline = millis(deadline);
        pausedAt = pausedAt == null ? null : millis(pausedAt);
        resumedAt = resumedAt == null ? null : millis(resumedAt);
        endedAt = endedAt == null ? null : millis(endedAt);
        wantedUntil = wantedUntil == null ? null : millis(wantedUntil);
    }

    /** Returns the times of a sandbox that has only been requested. */
    public static Times requested(Instant createdAt, Instant deadline) {
        return new Times(createdAt, null, deadline, null, null, null, null);
    }

    Times started(Instant at, Instant until) {
        return new Times(createdAt, at, until, pausedAt, resumedAt, endedAt, wantedUntil);
    }

    Times withDeadline(Instant newDeadline) {
        return new Times(createdAt, startedAt, newDeadline, pausedAt, resumedAt, endedAt, wantedUntil);
    }

    /** @param wanted null = the deadline is as requested */
    Times wanted(@Nullable Instant wanted) {
        return new Times(createdAt, startedAt, deadline, pausedAt, resumedAt, endedAt, wanted);
    }

    Times paused(Instant at, Instant keptUntil) {
        return new Times(createdAt, startedAt, keptUntil, at, resumedAt, endedAt, null);
    }

    Times resumed(Instant at, Instant until) {
        return new Times(createdAt, startedAt, until, null, at, endedAt, null);
    }

    Times ended(Instant at) {
        return new Times(createdAt, startedAt, deadline, pausedAt, resumedAt, at, wantedUntil);
    }

    private static Instant millis(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS);
    }
}
