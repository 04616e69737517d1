package dev.sandboxer.consumers;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How fast a consumer may create sandboxes: a token bucket.
 *
 * @param thousandths thousandths of a token added per second, 1 to a billion
 * @param burst how many tokens the bucket holds, 1 to a million: the creations possible at once while it is full
 */
public record CreationRate(int thousandths, int burst) {
    private static final int MAX_RATE = 1_000_000_000;
    private static final int MAX_BURST = 1_000_000;

    public CreationRate {
        if (thousandths < 1 || thousandths > MAX_RATE) {
            throw new IllegalArgumentException("a rate must be from 0.001/s to 1000000/s");
        }
        if (burst < 1 || burst > MAX_BURST) {
            throw new IllegalArgumentException("a burst must be from 1 to " + MAX_BURST);
        }
    }

    /** Returns a rate with the default burst: the tokens of one second, but at least one. */
    public static CreationRate of(int thousandths) {
        return new CreationRate(thousandths, defaultBurst(thousandths));
    }

    /** Returns true if the burst is the one of {@link #of}. */
    public boolean hasDefaultBurst() {
        return burst == defaultBurst(thousandths);
    }

    private static int defaultBurst(int thousandths) {
        return Math.clamp(Math.ceilDiv(thousandths, 1000), 1, MAX_BURST);
    }

    /** Returns the time between two tokens, in whole microseconds rounded up. */
    public Duration interval() {
        return Duration.of(Math.ceilDiv(1_000_000_000L, (long) thousandths), ChronoUnit.MICROS);
    }
}
