package dev.sandboxer.hubs;

import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The wait after a failed attempt: a random time up to a ceiling that doubles with each failure ("full jitter"), and at least what
 * the hub asked for. Thread-safe.
 */
final class Backoff {
    static final Duration FIRST_CEILING = Duration.ofSeconds(1);
    static final Duration MAX_CEILING = Duration.ofMinutes(5);

    /** The minimum wait, so that no loop calls a failing hub without a pause. */
    static final Duration MIN_WAIT = Duration.ofMillis(100);

    /** A longer {@code Retry-After} is cut to this. */
    static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

    private final Random random;

    Backoff(Random random) {
        this.random = random;
    }

    /** @param failures failed attempts of the event, at least 1 */
    Duration next(long failures, @Nullable Duration retryAfter) {
        var jitter = Duration.ofMillis(random.nextLong(ceiling(failures).toMillis() + 1));
        return longer(MIN_WAIT, longer(jitter, capped(retryAfter)));
    }

    static Duration ceiling(long failures) {
        var doublings = Math.clamp(failures - 1, 0, 20);
        var ceiling = FIRST_CEILING.multipliedBy(1L << doublings);
        return ceiling.compareTo(MAX_CEILING) < 0 ? ceiling : MAX_CEILING;
    }

    static Duration capped(@Nullable Duration retryAfter) {
        if (retryAfter == null || retryAfter.isNegative()) {
            return Duration.ZERO;
        }
        return retryAfter.compareTo(MAX_RETRY_AFTER) < 0 ? retryAfter : MAX_RETRY_AFTER;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
