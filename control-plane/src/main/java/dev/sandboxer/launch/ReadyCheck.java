package dev.sandboxer.launch;

import java.time.Duration;

/**
 * A probe that is repeated until the sandbox is ready.
 *
 * @param within time limit of the start; above 0, at most 1 h
 */
public record ReadyCheck(Probe probe, Duration within) {
    /** The time limit if none is given. */
    public static final Duration DEFAULT_LIMIT = Duration.ofMinutes(1);

    public static final Duration MAX_LIMIT = Duration.ofHours(1);

    public ReadyCheck {
        if (!within.isPositive() || within.compareTo(MAX_LIMIT) > 0) {
            throw new IllegalArgumentException("a time limit must be above 0 and at most 1 h");
        }
    }
}
