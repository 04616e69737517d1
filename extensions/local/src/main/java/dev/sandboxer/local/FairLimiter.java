package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Lets a few at a time work, in the order in which they came. Work that needs the processor is done no earlier by beginning all
 * of it at once: then everybody waits for as long as the last one. Thread-safe.
 */
final class FairLimiter {
    /** One that waits for the disk leaves its processor to another. */
    private static final int FOR_EACH_PROCESSOR = 2;

    private final Semaphore places;

    FairLimiter(int atOnce) {
        this.places = new Semaphore(atOnce, true);
    }

    static FairLimiter ofThisMachine() {
        return new FairLimiter(FOR_EACH_PROCESSOR * Runtime.getRuntime().availableProcessors());
    }

    /**
     * @throws ExtensionException {@code NOT_APPLIED} when interrupted before its turn came
     */
    <T> T take(Supplier<T> work) {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.notApplied(Kind.TRANSIENT, "interrupted");
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }

    /** How many wait for their turn, roughly. */
    int waiting() {
        return places.getQueueLength();
    }
}
