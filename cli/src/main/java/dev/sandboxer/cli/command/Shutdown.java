package dev.sandboxer.cli.command;

import java.util.concurrent.locks.LockSupport;

/**
 * Controls the end of this process. After a signal, shutdown hooks run while the command may still be working; its exit status and errors
 * then no longer count.
 */
public final class Shutdown {
    private static volatile boolean begun;

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

    /** Ends this process. Never returns when a hook has already begun. */
    public static void exit(int status) {
        parkIfBegun();
        System.exit(status);
    }

    /** Blocks forever when a hook has begun: the process ends after the hooks. */
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
