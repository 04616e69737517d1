package dev.sandboxer.cli.billing;

import dev.sandboxer.cli.serve.ServerProcess;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Kills a server when the hub sees the next delivery reach a step. Thread-safe. */
final class KillSwitch {
    private static final long LIMIT_MS = 1_000;

    private final AtomicReference<@Nullable Armed> armed = new AtomicReference<>();
    private final AtomicInteger count = new AtomicInteger();

    enum Step {
        /** The event was sent; the hub has not handled it yet. */
        SENT,
        /** The hub has stored or refused the event; it may or may not have answered. */
        ANSWERED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Armed(ServerProcess server, Step step, CountDownLatch fired) {}

    /** Kills the server if this is the chosen step. The hub calls it at each step; the server is gone when it returns. */
    void reached(Step step) {
        var waiting = armed.get();
        if (waiting != null && waiting.step() == step && armed.compareAndSet(waiting, null)) {
            waiting.server().kill();
            count.incrementAndGet();
            waiting.fired().countDown();
        }
    }

    /**
     * Kills the server when the next delivery reaches the step. Returns false if there was no delivery within the limit; the server then
     * still runs.
     */
    boolean kill(ServerProcess server, Step step) throws InterruptedException {
        var waiting = new Armed(server, step, new CountDownLatch(1));
        armed.set(waiting);
        if (waiting.fired().await(LIMIT_MS, TimeUnit.MILLISECONDS)) {
            return true;
        }
        if (armed.compareAndSet(waiting, null)) {
            return false;
        }
        waiting.fired().await();
        return true;
    }

    /** Returns the number of servers that it has killed. */
    int count() {
        return count.get();
    }
}
