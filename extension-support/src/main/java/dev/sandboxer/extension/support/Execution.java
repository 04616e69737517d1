package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.PtySize;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A running command. One thread reads its events; any thread may call the other methods.
 *
 * <p>The caller pulls the output. When nobody pulls it, the command blocks after a while, so that memory here stays bounded.
 */
public interface Execution extends AutoCloseable {
    /**
     * Waits for the next event. {@link ProcessEvent.Exited} is the last. A backend that doesn't know signals reports 128 + signal as the
     * code.
     *
     * @param timeout how long to wait; null = without limit
     * @return the event; null when none came in that time
     * @throws InterruptedException when the waiting thread was interrupted
     */
    @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException;

    /**
     * Writes to its standard input. Returns when the backend has taken the bytes, which may be only when the command reads them.
     *
     * @param bytes what to write
     * @param offset where to begin in the array
     * @param length how many bytes
     * @throws OperationException {@code STDIN_CLOSED} or {@code PROCESS_NOT_FOUND} when the command reads no more
     */
    void writeInput(byte[] bytes, int offset, int length);

    /** Ends its standard input. Does nothing if the input or the command has ended. */
    void closeInput();

    /**
     * Writes the last of its standard input and ends it, in one call if the backend can.
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
     * @return false when the backend can't; the size is then set by a command inside
     */
    default boolean resize(PtySize size) {
        return false;
    }

    /**
     * Releases the command and ends its standard input. The backend decides whether the command keeps running. {@link #next} then throws an
     * {@link ExtensionException} of kind {@code TRANSIENT}, also in a thread that is already waiting.
     */
    @Override
    void close();
}
