package dev.sandboxer.cli.command;

import dev.sandboxer.extension.session.Signal;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * The end of this process. When a signal comes, hooks run while the command still works; from then on the command's own exit
 * status and errors no longer count.
 */
public final class Shutdown {
    private static volatile boolean begun;
    private static volatile @Nullable Signal signal;

    private Shutdown() {}

    /** Registers work that runs when a signal ends this process before {@link Hook#cancel}. */
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

    /** Records which signal ends this process, so that hooks can ask for it. The signal still ends the process. */
    public static void recordSignals() {
        for (var watched : List.of(Signal.INT, Signal.TERM, Signal.HUP)) {
            Signals.register(watched.name(), () -> {
                signal = watched;
                System.exit(128 + watched.number());
            });
        }
    }

    /** The signal that ends this process; null without one, or when {@link #recordSignals} was not called before it. */
    public static @Nullable Signal signal() {
        return signal;
    }

    public record Hook(Thread thread) {
        /** Removes the hook. Never returns when a hook has already begun. */
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
