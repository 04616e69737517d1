package dev.sandboxer.extension.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A process that the caller is attached to. Only one thread at a time may call {@link #next}; any thread may call the other methods.
 *
 * <p>The caller reads the output with {@link #next}. If it stops reading, the process blocks on a full pipe, so that memory in this program
 * stays bounded.
 */
public interface RunningProcess extends AutoCloseable {
    /**
     * Returns the process id inside the sandbox.
     *
     * @return the pid
     */
    int pid();

    /**
     * Waits for the next event.
     *
     * @param timeout how long to wait; null = without limit
     * @return the event; null when the timeout expired
     * @throws InterruptedException when the waiting thread was interrupted
     * @throws IllegalStateException after {@link ProcessEvent.Exited}
     */
    @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException;

    /**
     * Writes a part of an array to the process's standard input or terminal. Blocks while the process doesn't read. Drops the bytes if the
     * input has ended.
     *
     * @param bytes what to write
     * @param offset where to begin in the array
     * @param length how many bytes
     */
    void writeInput(byte[] bytes, int offset, int length);

    /** Ends the process's standard input. */
    void closeInput();

    /**
     * Sets the size of the process's terminal.
     *
     * @param size columns and rows
     */
    void resize(PtySize size);

    /**
     * Sends a signal.
     *
     * @param signal the signal
     * @param wholeGroup true = to the process's whole group, false = to the process alone
     */
    void signal(Signal signal, boolean wholeGroup);

    /** Detaches. The process keeps running; its output is discarded. */
    @Override
    void close();
}
