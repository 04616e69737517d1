package dev.sandboxer.hubs;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breaker of a hub. It opens after {@value #FAILURES} failures in a row, for a pause that doubles with each failed
 * probe. After a pause one event is sent as a probe; its success closes the circuit. A {@code Retry-After} of the hub is honoured.
 * The circuit is stored in a row, so all servers and commands share it.
 *
 * @param failures failures in a row, not counting those while it was open
 * @param pausedUntil no event is sent before; null = not paused
 */
record Circuit(long failures, @Nullable Instant pausedUntil) {
    static final int FAILURES = 5;
    static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    static final Duration MAX_PAUSE = Duration.ofMinutes(5);

    /** How long other senders wait for the outcome of a probe: longer than a delivery may take. */
    static final Duration PROBE_TIME = Duration.ofSeconds(30);

    /** The longest possible wait. A later time was written by a wrong clock and is ignored. */
    static final Duration MAX_WAIT = Duration.ofHours(2);

    /** Returns true if no event may be sent. */
    boolean isOpen(Instant now) {
        return pausedUntil != null && now.isBefore(pausedUntil) && !isBeyondMaxWait(pausedUntil, now);
    }

    /** Returns true if only a probe may be sent. */
    boolean needsProbe() {
        return failures >= FAILURES;
    }

    /** Returns true if no pause or lease that has begun can last until this time. */
    static boolean isBeyondMaxWait(Instant until, Instant now) {
        return until.isAfter(now.plus(MAX_WAIT));
    }

    /** Returns the circuit while a probe is in progress. */
    Circuit probing(Instant now) {
        return new Circuit(failures, now.plus(PROBE_TIME));
    }

    /** @param probe true if the event was the probe after a pause */
    Circuit after(Answer answer, Instant now, boolean probe) {
        return switch (answer) {
            case Answer.Accepted _, Answer.Refused _ -> afterSuccess();
            case Answer.Unsettled unsettled -> afterFailure(now, unsettled.retryAfter(), probe);
        };
    }

    Circuit afterSuccess() {
        return new Circuit(0, null);
    }

    private Circuit afterFailure(Instant now, @Nullable Duration retryAfter, boolean probe) {
        var late = isOpen(now) && !probe; // sent before it opened
        var counted = late ? failures : failures + 1;
        var asked = now.plus(Backoff.capped(retryAfter));
        var until = late ? Objects.requireNonNull(pausedUntil) : now.plus(pause(counted));
        var latest = asked.isAfter(until) ? asked : until;
        return new Circuit(counted, latest.isAfter(now) ? latest : null);
    }

    private static Duration pause(long failures) {
        if (failures < FAILURES) {
            return Duration.ZERO;
        }
        var doublings = Math.clamp(failures - FAILURES, 0, 20);
        var pause = FIRST_PAUSE.multipliedBy(1L << doublings);
        return pause.compareTo(MAX_PAUSE) < 0 ? pause : MAX_PAUSE;
    }
}
