package dev.sandboxer.extension.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A process that the caller is attached to. One thread at a time calls {@link #next}; any thread may call the rest.
 *
 * <p>Output is pulled: a process whose output nobody pulls stops at a full pipe, so that memory here stays bounded.
 */
public interface RunningProcess extends AutoCloseable {
    /**
     * Its process id inside the sandbox.
     *
     * @return the pid
     */
    int pid();

    /**
     * Waits for the next event.
     *
     * @param timeout how long to wait; null = as long as it takes
     * @return null when nothing happened in that time
     * @throws InterruptedException when the waiting thread was interrupted
     * @throws IllegalStateException after {@link ProcessEvent.Exited}
     */
    @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException;

    /**
     * Writes a part of an array to its standard input or terminal; waits while it doesn't read. Dropped after the input's end.
     *
     * @param bytes what to write
     * @param offset where to begin in the array
     * @param length how many bytes
     */
    void writeInput(byte[] bytes, int offset, int length);

    /** Ends its standard input. */
    void closeInput();

    /**
     * Sets the size of its terminal.
     *
     * @param size columns and rows
     */
    void resize(PtySize size);

    /**
     * Sends a signal.
     *
     * @param signal which signal
     * @param wholeGroup whether the process's group gets it, or the process alone
     */
    void signal(Signal signal, boolean wholeGroup);

    /** Detaches. The process goes on, and its output is thrown away. */
    @Override
    void close();
}
