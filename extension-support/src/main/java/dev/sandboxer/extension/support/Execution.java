package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.PtySize;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs. One thread reads events, any thread may do the rest.
 *
 * <p>Output is pulled: a command whose output nobody pulls stops sooner or later, and memory here stays bounded.
 */
public interface Execution extends AutoCloseable {
    /**
     * The next event, waiting for it. {@link ProcessEvent.Exited} is the last; a backend that tells no signals reports
     * 128 + signal as a code.
     *
     * @param timeout how long to wait; null = as long as it takes
     * @return null when the time was up
     * @throws InterruptedException when the waiting thread was interrupted
     */
    @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException;

    /**
     * Writes to its input; returns when the backend has taken it, which may be when the command reads it.
     *
     * @param bytes what to write
     * @param offset where to begin in the array
     * @param length how many bytes
     * @throws OperationException {@code STDIN_CLOSED} or {@code PROCESS_NOT_FOUND} when it reads no more
     */
    void writeInput(byte[] bytes, int offset, int length);

    /** Ends its input. Again, or after its end, does nothing. */
    void closeInput();

    /**
     * Writes the last of its input, and ends it: one call where the backend can.
     *
     * @param bytes may be empty
     */
    default void writeLastInput(byte[] bytes) {
        writeInput(bytes, 0, bytes.length);
        closeInput();
    }

    /**
     * Changes the size of its terminal.
     *
     * @param size columns and rows
     * @return false when the backend can't; then it is done inside
     */
    default boolean resize(PtySize size) {
        return false;
    }

    /**
     * Lets go of it, and ends its input; whether it goes on is the backend's. Whoever waits for an event, then or later, gets an
     * {@link ExtensionException} of kind {@code TRANSIENT}.
     */
    @Override
    void close();
}
