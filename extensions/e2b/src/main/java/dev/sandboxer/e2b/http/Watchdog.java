package dev.sandboxer.e2b.http;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Breaks off what has been silent for too long: one thread for all streams of a backend. Thread-safe. */
public final class Watchdog implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;

    public Watchdog() {
        timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("e2b-watchdog").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /** A wait that is over when it is closed. */
    public interface Wait extends AutoCloseable {
        @Override
        void close();
    }

    /** Runs what breaks the wait off unless it is over by then; at once when nobody would watch it any more. */
    public Wait during(Duration limit, Runnable breakOff) {
        try {
            var alarm = timer.schedule(breakOff, limit.toNanos(), TimeUnit.NANOSECONDS);
            return () -> alarm.cancel(false);
        } catch (RejectedExecutionException e) {
            breakOff.run();
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
