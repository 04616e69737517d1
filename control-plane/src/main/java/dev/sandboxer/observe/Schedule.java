package dev.sandboxer.observe;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is done again and again until closed, each on a thread of its own. A run that fails is logged, and the next one comes
 * all the same.
 */
public final class Schedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** Does it now and then that long after the end of each run. */
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
                return; // it was interrupted
            }
            LOG.atError().addKeyValue("job", name).setCause(e).log("a scheduled job failed; it runs again");
        }
    }

    /** Ends it; a run that is at work is interrupted and waited for. */
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
