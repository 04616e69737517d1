package dev.sandboxer.extension.tck;

import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.RunningProcess;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The next event, for test threads, which nobody interrupts. */
public final class Events {
    private Events() {}

    public static @Nullable ProcessEvent next(RunningProcess process, Duration timeout) {
        try {
            return process.next(timeout);
        } catch (InterruptedException e) {
            throw Eventually.interrupted(e);
        }
    }

    public static @Nullable FileEvent next(FileWatch watch, Duration timeout) {
        try {
            return watch.next(timeout);
        } catch (InterruptedException e) {
            throw Eventually.interrupted(e);
        }
    }
}
