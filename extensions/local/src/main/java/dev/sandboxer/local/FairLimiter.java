package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Limits how many threads work at once, and serves them in the order in which they came. If all work that needs the processor
 * started at once, every caller would wait as long as the last one. Thread-safe.
 */
final class FairLimiter {
    /** More than one, because work that waits for the disk leaves its processor free. */
    private static final int PER_PROCESSOR = 2;

    private final Semaphore permits;

    FairLimiter(int atOnce) {
        this.permits = new Semaphore(atOnce, true);
    }

    static FairLimiter ofThisMachine() {
        return new FairLimiter(PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
    }

    /**
     * Waits for a permit, then does the work.
     *
     * @throws ExtensionException {@code NOT_APPLIED} when interrupted while waiting
     */
    <T> T run(Supplier<T> work) {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.notApplied(Kind.TRANSIENT, "interrupted");
        }
        try {
            return work.get();
        } finally {
            permits.release();
        }
    }

    /** Returns an estimate of how many threads are waiting. */
    int waiting() {
        return permits.getQueueLength();
    }
}
