package dev.sandboxer.e2b.http;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends waits that take too long, with one thread for all streams of a backend. Thread-safe. */
public final class IdleTimer implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;

    public IdleTimer() {
        timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("e2b-idle-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /** A wait that is timed until it is closed. */
    public interface Wait extends AutoCloseable {
        @Override
        void close();
    }

    /** Runs {@code onTimeout} unless the wait is closed within the limit. Runs it at once when this timer is closed. */
    public Wait start(Duration limit, Runnable onTimeout) {
        try {
            var alarm = timer.schedule(onTimeout, limit.toNanos(), TimeUnit.NANOSECONDS);
            return () -> alarm.cancel(false);
        } catch (RejectedExecutionException e) {
            onTimeout.run();
            return () -> {};
        }
    }

    boolean isClosed() {
        return timer.isShutdown();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
