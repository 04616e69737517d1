package dev.sandboxer.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has to be undone, last first, however this process ends. */
final class Cleanup implements AutoCloseable {
    private static final long GRACE_MS = 30_000;
    private static volatile boolean stopping;

    private final Deque<Step> steps = new ArrayDeque<>();

    interface Action {
        void run() throws Exception;
    }

    private record Step(String what, Action action) {}

    Cleanup() {
        var main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> atExit(main), "cleanup"));
    }

    /** Whether a signal has asked us to stop, so that failures are only its consequence. */
    static boolean stopping() {
        return stopping;
    }

    /** On a signal: the measuring thread is stopped first, else it would go on making things. */
    private void atExit(Thread main) {
        if (empty()) {
            return; // the ordinary end
        }
        stopping = true;
        main.interrupt();
        try {
            main.join(GRACE_MS);
        } catch (InterruptedException e) {
            // then without waiting
        }
        close();
    }

    synchronized void add(String what, Action action) {
        steps.push(new Step(what, action));
    }

    private synchronized boolean empty() {
        return steps.isEmpty();
    }

    @Override
    public void close() {
        Thread.interrupted(); // an interrupt has done its work; it must not cut this short
        for (var step = next(); step != null; step = next()) {
            try {
                step.action.run();
            } catch (Exception e) {
                System.err.println("bench: not cleaned up: " + step.what + ": " + e);
            }
        }
    }

    private synchronized Step next() {
        return steps.poll();
    }
}
