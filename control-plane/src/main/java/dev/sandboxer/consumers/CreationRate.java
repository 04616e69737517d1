package dev.sandboxer.consumers;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How fast a consumer may create sandboxes: a token bucket.
 *
 * @param thousandths thousandths of a token that come per second, 1 to a billion
 * @param burst how many tokens the bucket holds, 1 to a million: creations at once after a quiet time
 */
public record CreationRate(int thousandths, int burst) {
    private static final int FASTEST = 1_000_000_000;
    private static final int LARGEST_BURST = 1_000_000;

    public CreationRate {
        if (thousandths < 1 || thousandths > FASTEST) {
            throw new IllegalArgumentException("a rate has to be from 0.001/s to 1000000/s");
        }
        if (burst < 1 || burst > LARGEST_BURST) {
            throw new IllegalArgumentException("a burst has to be from 1 to " + LARGEST_BURST);
        }
    }

    /** A rate whose burst is what comes in one second, but at least one. */
    public static CreationRate of(int thousandths) {
        return new CreationRate(thousandths, usualBurst(thousandths));
    }

    /** Returns true if the burst is the one of {@link #of}. */
    public boolean hasUsualBurst() {
        return burst == usualBurst(thousandths);
    }

    private static int usualBurst(int thousandths) {
        return Math.clamp(Math.ceilDiv(thousandths, 1000), 1, LARGEST_BURST);
    }

    /** How long one token takes to come, in whole microseconds. */
    public Duration interval() {
        return Duration.of(Math.ceilDiv(1_000_000_000L, (long) thousandths), ChronoUnit.MICROS);
    }
}
