package dev.sandboxer.observe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job that runs repeatedly on its own thread, from the first call of {@link #start}. A run that fails is logged and does not
 * end the repetition. Thread-safe.
 */
public final class Repetition implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Repetition.class);

    private final Duration pause;
    private final String name;
    private final Runnable work;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private volatile boolean closed;

    /** @param pause the time before each run */
    public Repetition(Duration pause, String name, Runnable work) {
        this.pause = pause;
        this.name = name;
        this.work = work;
    }

    /** Starts the repetition unless it has already started; the first run comes after a pause. */
    public void start() {
        if (thread.get() == null) {
            var fresh = Thread.ofVirtual().name(name).unstarted(this::run);
            if (thread.compareAndSet(null, fresh)) {
                fresh.start();
            }
        }
    }

    private void run() {
        while (!closed) { // checked too because the work may swallow the interrupt
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return; // closed
            }
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.atWarn().addKeyValue("job", name).setCause(e).log("a repeated job failed; it runs again");
            }
        }
    }

    /** Ends the repetition. Interrupts a run in progress, but does not wait for it. */
    @Override
    public void close() {
        closed = true;
        var running = thread.get();
        if (running != null) {
            running.interrupt();
        }
    }
}
