package dev.sandboxer.extension;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A running watch. One thread reads. */
public interface FileWatch extends AutoCloseable {
    /**
     * The next event.
     *
     * @param timeout how long to wait; null = as long as it takes
     * @return null when the time was up
     * @throws InterruptedException when the waiting thread was interrupted
     * @throws OperationException {@code NOT_FOUND} when the watched directory itself is gone
     */
    @Nullable FileEvent next(@Nullable Duration timeout) throws InterruptedException;

    @Override
    void close();
}
