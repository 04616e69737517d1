package dev.sandboxer.extension.tck;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting for what has no event: looks again and again, up to a deadline. */
public final class Eventually {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Eventually() {}

    /**
     * Waits until a condition holds, and fails when it doesn't in time.
     *
     * @param timeout how long to wait
     * @param what what is waited for, in words
     * @param condition what has to hold
     */
    public static void holds(Duration timeout, String what, BooleanSupplier condition) {
        becomes(timeout, what, condition::getAsBoolean, value -> value);
    }

    /**
     * The first value that satisfies.
     *
     * @param <T> type of the value
     * @param timeout how long to wait
     * @param what what is waited for, in words
     * @param look asks for the present value
     * @param satisfies whether it is the one waited for
     * @return the value that satisfies
     */
    public static <T> T becomes(Duration timeout, String what, Supplier<T> look, Predicate<T> satisfies) {
        var start = System.nanoTime();
        while (true) {
            var value = look.get();
            if (satisfies.test(value)) {
                return value;
            }
            if (System.nanoTime() - start > timeout.toNanos()) {
                throw new AssertionError("not within " + timeout + ": " + what + "; last seen: " + value);
            }
            pause(PAUSE);
        }
    }

    /**
     * Waits for a while.
     *
     * @param length how long
     */
    public static void pause(Duration length) {
        try {
            Thread.sleep(length);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * {@return the failure of a test that was interrupted}
     *
     * @param cause the interrupt
     */
    public static IllegalStateException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("the test was interrupted", cause);
    }
}
