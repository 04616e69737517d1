package dev.sandboxer.extension.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A running watch of a directory. Only one thread at a time may call {@link #next}; any thread may close it. */
public interface FileWatch extends AutoCloseable {
    /**
     * Waits for the next event.
     *
     * @param timeout how long to wait; null = without limit
     * @return the event; null when the timeout expired
     * @throws InterruptedException when the waiting thread was interrupted
     * @throws OperationException {@code NOT_FOUND} when the watched directory itself was removed
     */
    @Nullable FileEvent next(@Nullable Duration timeout) throws InterruptedException;

    /** Ends the watch. */
    @Override
    void close();
}
