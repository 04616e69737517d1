package dev.sandboxer.extension.tck;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Polls until a condition holds or a timeout expires. */
public final class Eventually {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Eventually() {}

    /**
     * Waits until a condition holds. Fails if it doesn't hold within the timeout.
     *
     * @param timeout how long to wait
     * @param what the condition in words, for the failure message
     * @param condition the condition
     */
    public static void holds(Duration timeout, String what, BooleanSupplier condition) {
        becomes(timeout, what, condition::getAsBoolean, value -> value);
    }

    /**
     * Polls a value until it satisfies a condition. Fails if it doesn't within the timeout.
     *
     * @param <T> type of the value
     * @param timeout how long to wait
     * @param what the condition in words, for the failure message
     * @param look returns the current value
     * @param satisfies the condition
     * @return the first value that satisfies the condition
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
     * Sleeps. Fails the test if its thread is interrupted.
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
