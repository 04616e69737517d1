package dev.sandboxer.cli;

import java.util.concurrent.locks.LockSupport;

/**
 * The end of this process. A signal runs hooks while the command still works; from then on the command's own end and
 * complaints are of no interest.
 */
final class Shutdown {
    private static volatile boolean begun;

    private Shutdown() {}

    /** Runs the work if a signal ends this process before {@link Hook#cancel}. */
    static Hook onSignal(Runnable work) {
        var thread = new Thread(
                () -> {
                    begun = true;
                    work.run();
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(thread);
        return new Hook(thread);
    }

    record Hook(Thread thread) {
        /** Returns when the hook can no longer run; parks for ever when it has begun. */
        void cancel() {
            parkIfBegun();
            try {
                Runtime.getRuntime().removeShutdownHook(thread);
            } catch (IllegalStateException e) {
                park();
            }
        }
    }

    static void exit(int status) {
        parkIfBegun();
        System.exit(status);
    }

    static void parkIfBegun() {
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
