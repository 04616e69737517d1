package dev.sandboxer.lifecycle.state;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When things happened to a sandbox, in whole milliseconds, as rows hold them.
 *
 * @param createdAt when it was asked for
 * @param startedAt when it first accepted commands; null until then
 * @param deadline when it ends, or pauses, by itself
 * @param pausedAt since when it is paused; null while it isn't
 * @param resumedAt when it last went on after a pause; null if it never was paused
 * @param endedAt null until it has ended
 * @param wantedUntil the deadline that was asked for, where its consumer's credit allows an earlier one only; null = the
 *     deadline is as it was asked for
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

    /** Of a sandbox that doesn't exist yet. */
    public static Times requested(Instant createdAt, Instant deadline) {
        return new Times(createdAt, null, deadline, null, null, null, null);
    }

    Times started(Instant at, Instant until) {
        return new Times(createdAt, at, until, pausedAt, resumedAt, endedAt, wantedUntil);
    }

    Times until(Instant newDeadline) {
        return new Times(createdAt, startedAt, newDeadline, pausedAt, resumedAt, endedAt, wantedUntil);
    }

    /** @param wanted null = the deadline is as it was asked for */
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
