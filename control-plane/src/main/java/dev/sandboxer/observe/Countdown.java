package dev.sandboxer.observe;

import java.time.Duration;

/** A time limit that begins with its creation, and that no change of the clock moves. Immutable. */
public final class Countdown {
    private final long start = System.nanoTime();
    private final Duration length;

    /** @param length zero or negative = it is over at once */
    public Countdown(Duration length) {
        this.length = length;
    }

    /** The time that is left; zero when it is over. */
    public Duration left() {
        var left = length.minusNanos(System.nanoTime() - start);
        return left.isNegative() ? Duration.ZERO : left;
    }

    public boolean isOver() {
        return left().isZero();
    }
}
