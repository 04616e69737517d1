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
 * <p>The caller reads the output with {@link #next}. If it stops reading, the command eventually blocks, so that memory in this program
 * stays bounded.
 */
public interface Execution extends AutoCloseable {
    /**
     * Waits for the next event. {@link ProcessEvent.Exited} is the last one. A backend that doesn't report signals returns 128 + signal as
     * the code.
     *
     * @param timeout how long to wait; null = without limit
     * @return the event; null when the timeout expired
     * @throws InterruptedException when the waiting thread was interrupted
     */
    @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException;

    /**
     * Writes to the command's standard input. Returns once the backend has accepted the bytes, which may be only when the command reads
     * them.
     *
     * @param bytes what to write
     * @param offset where to begin in the array
     * @param length how many bytes
     * @throws OperationException {@code STDIN_CLOSED} or {@code PROCESS_NOT_FOUND} when the command no longer reads its input
     */
    void writeInput(byte[] bytes, int offset, int length);

    /** Ends the command's standard input. Does nothing if the input or the command has ended. */
    void closeInput();

    /**
     * Writes the last bytes of the command's standard input and ends it, in one call if the backend supports that.
     *
     * @param bytes may be empty
     */
    default void writeLastInput(byte[] bytes) {
        writeInput(bytes, 0, bytes.length);
        closeInput();
    }

    /**
     * Changes the size of the command's terminal.
     *
     * @param size columns and rows
     * @return false when the backend can't; the caller then sets the size with a command inside the sandbox
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
