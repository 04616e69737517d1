package dev.sandboxer.extension;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A process we are attached to. One thread reads events, any thread may do the rest.
 *
 * <p>Output is pulled: a process whose output nobody pulls stops at a full pipe, so memory here stays bounded.
 */
public interface RunningProcess extends AutoCloseable {
    int pid();

    /**
     * The next event, waiting for it.
     *
     * @param timeout how long to wait; null = as long as it takes
     * @return null when the time was up
     * @throws InterruptedException when the waiting thread was interrupted
     * @throws IllegalStateException after {@link ProcessEvent.Exited}
     */
    @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException;

    /** Writes to its standard input, blocking while it doesn't read. Input after its end is dropped silently. */
    void writeInput(byte[] bytes, int offset, int length);

    void closeInput();

    void resize(PtySize size);

    /**
     * @param wholeGroup whether the process group gets it, or the process alone
     */
    void signal(Signal signal, boolean wholeGroup);

    /** Detaches; the process goes on and its output is thrown away. */
    @Override
    void close();
}
