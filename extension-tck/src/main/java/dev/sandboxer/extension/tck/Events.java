package dev.sandboxer.extension.tck;

import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.RunningProcess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the next event of a process or a watch. Fails the test if its thread is interrupted. */
public final class Events {
    private Events() {}

    /**
     * {@return the next event; null when none arrives within the timeout}
     *
     * @param process the process to read
     * @param timeout how long to wait
     */
    public static @Nullable ProcessEvent next(RunningProcess process, Duration timeout) {
        try {
            return process.next(timeout);
        } catch (InterruptedException e) {
            throw Eventually.interrupted(e);
        }
    }

    /**
     * {@return the next change; null when none arrives within the timeout}
     *
     * @param watch the watch to read
     * @param timeout how long to wait
     */
    public static @Nullable FileEvent next(FileWatch watch, Duration timeout) {
        try {
            return watch.next(timeout);
        } catch (InterruptedException e) {
            throw Eventually.interrupted(e);
        }
    }
}
