package dev.sandboxer.observe;

import java.time.Duration;

/** A time limit that starts at its creation. Changes of the host's clock do not affect it. Immutable. */
public final class Countdown {
    private final long start = System.nanoTime();
    private final Duration length;

    /** @param length the time limit; zero or negative = it is over at once */
    public Countdown(Duration length) {
        this.length = length;
    }

    /** Returns the time that is left; zero if it is over. */
    public Duration left() {
        var left = length.minusNanos(System.nanoTime() - start);
        return left.isNegative() ? Duration.ZERO : left;
    }

    public boolean isOver() {
        return left().isZero();
    }
}
