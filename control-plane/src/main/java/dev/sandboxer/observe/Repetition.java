package dev.sandboxer.observe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that is done again and again on a thread of its own, from the first time that somebody wants it. A run that fails is
 * logged, and the next one comes all the same. Thread-safe.
 */
public final class Repetition implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Repetition.class);

    private final Duration pause;
    private final String name;
    private final Runnable work;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    /** Does nothing yet. */
    public Repetition(Duration pause, String name, Runnable work) {
        this.pause = pause;
        this.name = name;
        this.work = work;
    }

    /** Begins, unless it has; the first run comes after a pause. */
    public void start() {
        if (thread.get() == null) {
            var fresh = Thread.ofVirtual().name(name).unstarted(this::run);
            if (thread.compareAndSet(null, fresh)) {
                fresh.start();
            }
        }
    }

    private void run() {
        while (true) {
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return; // closed
            }
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.atWarn().addKeyValue("job", name).setCause(e).log("failed; it is tried again");
            }
        }
    }

    /** Ends it; a run that is at work is interrupted. */
    @Override
    public void close() {
        var running = thread.get();
        if (running != null) {
            running.interrupt();
        }
    }
}
