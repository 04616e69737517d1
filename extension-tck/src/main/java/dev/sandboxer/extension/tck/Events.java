package dev.sandboxer.extension.tck;

import dev.sandboxer.extension.FileEvent;
import dev.sandboxer.extension.FileWatch;
import dev.sandboxer.extension.ProcessEvent;
import dev.sandboxer.extension.RunningProcess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The next event, for test threads, which nobody interrupts. */
final class Events {
    private Events() {}

    static @Nullable ProcessEvent next(RunningProcess process, Duration timeout) {
        try {
            return process.next(timeout);
        } catch (InterruptedException e) {
            throw Eventually.interrupted(e);
        }
    }

    static @Nullable FileEvent next(FileWatch watch, Duration timeout) {
        try {
            return watch.next(timeout);
        } catch (InterruptedException e) {
            throw Eventually.interrupted(e);
        }
    }
}
