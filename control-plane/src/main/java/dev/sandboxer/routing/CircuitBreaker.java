package dev.sandboxer.routing;

import dev.sandboxer.routing.PastAttempt.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The circuit breaker of an account, which stops creations while its backend fails. It opens after {@value #FAILURES} failures in
 * a row, each soon after the one before. It stays open for half a minute, and twice as long after each further failure. Then one
 * attempt at a time may probe the account; its success closes the circuit. A backend's request to wait is honoured.
 *
 * <p>The circuit has no state of its own: it follows from the latest attempts in the database, so every server and every command
 * sees the same circuit.
 */
final class CircuitBreaker {
    static final int FAILURES = 5;

    /** How many attempts are considered: enough to reach the longest pause. */
    static final int ATTEMPTS = 12;

    static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
    static final Duration MAX_PAUSE = Duration.ofMinutes(5);

    /** The longest time between two failures in a row. */
    static final Duration SERIES_GAP = Duration.ofMinutes(10);

    /** Older failures are ignored: no pause is longer, and a backend may ask us to wait for an hour at most. */
    static final Duration MEMORY = Duration.ofHours(1);

    /** A probe without an outcome after this time counts as lost. */
    static final Duration PROBE_LIMIT = Duration.ofMinutes(2);

    private CircuitBreaker() {}

    /**
     * Returns why the account may not be used now; empty if it may.
     *
     * @param latest the account's latest attempts, newest first
     */
    static Optional<String> reasonAgainst(List<PastAttempt> latest, Instant now) {
        var newestFirst = latest.size() > ATTEMPTS ? latest.subList(0, ATTEMPTS) : latest;
        var asked = newestFirst.stream()
                .flatMap(attempt -> Optional.ofNullable(attempt.retryAt()).stream())
                .filter(now::isBefore)
                .findFirst();
        if (asked.isPresent()) {
            return Optional.of("asked to wait until " + asked.get());
        }
        var ended = newestFirst.stream()
                .filter(attempt -> attempt.result() != null && attempt.result() != Result.DECLINED)
                .toList();
        var failures = failuresInARow(ended);
        if (failures < FAILURES) {
            return Optional.empty();
        }
        var last = ended.getFirst();
        var until = end(last).plus(pause(failures));
        if (now.isBefore(until)) {
            return Optional.of("failed " + failures + " times in a row; next attempt from " + until + "; last failure: "
                    + last.message());
        }
        var probing = newestFirst.stream()
                .filter(attempt -> attempt.result() == null)
                .anyMatch(attempt -> !attempt.startedAt().isBefore(until)
                        && now.isBefore(attempt.startedAt().plus(PROBE_LIMIT)));
        return probing
                ? Optional.of("failed " + failures + " times in a row; a probe is in progress")
                : Optional.empty();
    }

    private static int failuresInARow(List<PastAttempt> newestFirst) {
        int failures = 0;
        for (PastAttempt attempt : newestFirst) {
            var isInSeries = failures == 0
                    || end(attempt)
                            .plus(SERIES_GAP)
                            .isAfter(newestFirst.get(failures - 1).startedAt());
            if (attempt.result() != Result.FAILED || !isInSeries) {
                break;
            }
            failures++;
        }
        return failures;
    }

    private static Duration pause(int failures) {
        var pause = FIRST_PAUSE.multipliedBy(1L << (failures - FAILURES));
        return pause.compareTo(MAX_PAUSE) < 0 ? pause : MAX_PAUSE;
    }

    private static Instant end(PastAttempt attempt) {
        return attempt.endedAt() == null ? attempt.startedAt() : attempt.endedAt();
    }
}
