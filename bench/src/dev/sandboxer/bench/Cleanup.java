package dev.sandboxer.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/** Undoes steps in reverse order, at the normal end and on signals. Thread-safe. */
public final class Cleanup implements AutoCloseable {
    private static final long GRACE_MS = 30_000;
    private static volatile boolean stopping;

    private final Deque<Step> steps = new ArrayDeque<>();

    public interface Action {
        void run() throws Exception;
    }

    private record Step(String what, Action action) {}

    public Cleanup() {
        var main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> atExit(main), "cleanup"));
    }

    /** Returns true once a signal has arrived. Later failures are only its consequence. */
    public static boolean stopping() {
        return stopping;
    }

    /** Interrupts the measuring thread, so that it creates nothing more, and then cleans up. */
    private void atExit(Thread main) {
        if (empty()) {
            return; // after a normal end there is nothing left to clean up
        }
        stopping = true;
        main.interrupt();
        try {
            main.join(GRACE_MS);
        } catch (InterruptedException e) {
            // clean up without waiting
        }
        close();
    }

    public synchronized void add(String what, Action action) {
        steps.push(new Step(what, action));
    }

    private synchronized boolean empty() {
        return steps.isEmpty();
    }

    @Override
    public void close() {
        Thread.interrupted(); // clears the interrupt, which would abort the steps
        for (var step = next(); step != null; step = next()) {
            try {
                step.action.run();
            } catch (Exception e) {
                System.err.println("bench: could not clean up " + step.what + ": " + e);
            }
        }
    }

    private synchronized Step next() {
        return steps.poll();
    }
}
