package dev.sandboxer.observe;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that is done again and again until closed. A run that fails is logged, and the next one comes all the same. */
public final class Schedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(
            0, Thread.ofVirtual().name("schedule-", 0).factory());

    /** Does it now and then that long after the end of each run. */
    public void every(Duration pause, String name, Runnable work) {
        timer.scheduleWithFixedDelay(() -> run(name, work), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void run(String name, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("job", name).setCause(e).log("a scheduled job failed; it runs again");
        }
    }

    /** Ends it; a run that is at work is interrupted and waited for. */
    @Override
    public void close() {
        timer.shutdownNow();
        timer.close();
    }
}
