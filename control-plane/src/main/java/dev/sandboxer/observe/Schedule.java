package dev.sandboxer.observe;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that run repeatedly until closed, each on its own thread. A run that fails is logged and does not end the job.
 */
public final class Schedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** Runs the job now, and again after a pause from the end of each run. */
    public void every(Duration pause, String name, Runnable work) {
        threads.add(Thread.ofVirtual().name("schedule-" + name).start(() -> repeat(pause, name, work)));
    }

    private void repeat(Duration pause, String name, Runnable work) {
        while (!closed) {
            run(name, work);
            try {
                Thread.sleep(closed ? Duration.ZERO : pause); // the run may have swallowed the interruption
            } catch (InterruptedException e) {
                return; // closed
            }
        }
    }

    private void run(String name, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            if (closed) {
                return; // interrupted by close()
            }
            LOG.atError().addKeyValue("job", name).setCause(e).log("a scheduled job failed; it runs again");
        }
    }

    /** Ends all jobs. Interrupts runs in progress and waits for them. */
    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
