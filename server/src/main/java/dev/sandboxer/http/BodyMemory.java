package dev.sandboxer.http;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the bytes of long request bodies that a server holds in memory, so that many requests can't fill its heap. Short bodies
 * are not counted. Thread-safe.
 */
final class BodyMemory {
    /** The longest body that is not counted, in bytes. */
    static final int SHORT = 64 << 10;

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Semaphore room;

    /**
     * @param bytes the limit for all bodies together
     */
    BodyMemory(int bytes) {
        this.room = new Semaphore(bytes, true);
    }

    /**
     * Reserves bytes, and waits until they are free.
     *
     * @throws SandboxException {@code OVERLOADED} if they were not free within {@code wait}, or the thread was interrupted
     */
    void reserve(int bytes, Duration wait) {
        try {
            if (room.tryAcquire(bytes, wait.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new SandboxException(
                ErrorCode.OVERLOADED, "the server has no memory for another long request; try again", RETRY);
    }

    void release(int bytes) {
        room.release(bytes);
    }
}
