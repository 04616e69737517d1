package dev.sandboxer.cli.command;

import dev.sandboxer.extension.Signal;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * The end of this process. A signal runs hooks while the command still works; from then on the command's own end and
 * complaints are of no interest.
 */
public final class Shutdown {
    private static volatile boolean begun;
    private static volatile @Nullable Signal signal;

    private Shutdown() {}

    /** Runs the work if a signal ends this process before {@link Hook#cancel}. */
    public static Hook onSignal(Runnable work) {
        var thread = new Thread(
                () -> {
                    begun = true;
                    work.run();
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(thread);
        return new Hook(thread);
    }

    /** From now on hooks can ask which signal it was; it ends this process as it would have done anyway. */
    public static void tellSignals() {
        for (var watched : List.of(Signal.INT, Signal.TERM, Signal.HUP)) {
            Signals.register(watched.name(), () -> {
                signal = watched;
                System.exit(128 + watched.number());
            });
        }
    }

    /** The signal that ends this process; null when there was none, or no {@link #tellSignals} before it. */
    public static @Nullable Signal signal() {
        return signal;
    }

    public record Hook(Thread thread) {
        /** Returns when the hook can no longer run; parks for ever when it has begun. */
        public void cancel() {
            parkIfBegun();
            try {
                Runtime.getRuntime().removeShutdownHook(thread);
            } catch (IllegalStateException e) {
                park();
            }
        }
    }

    public static void exit(int status) {
        parkIfBegun();
        System.exit(status);
    }

    public static void parkIfBegun() {
        if (begun) {
            park();
        }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void park() {
        while (true) {
            LockSupport.park();
        }
    }
}
