package dev.sandboxer.extension.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A running watch of a directory. One thread at a time calls {@link #next}; any thread may close it. */
public interface FileWatch extends AutoCloseable {
    /**
     * Waits for the next event.
     *
     * @param timeout how long to wait; null = as long as it takes
     * @return null when nothing happened in that time
     * @throws InterruptedException when the waiting thread was interrupted
     * @throws OperationException {@code NOT_FOUND} when the watched directory itself is gone
     */
    @Nullable FileEvent next(@Nullable Duration timeout) throws InterruptedException;

    /** Ends the watch. */
    @Override
    void close();
}
