package dev.sandboxer.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is advanced. Thread-safe. */
public final class SettableClock implements InstantSource {
    private final AtomicReference<Instant> now;
    private final AtomicReference<Runnable> next = new AtomicReference<>(() -> {});

    public SettableClock(Instant start) {
        now = new AtomicReference<>(start);
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    public void advance(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
        next.getAndSet(() -> {}).run();
    }

    /** Runs an event once, the next time that the clock is advanced. */
    public void onAdvance(Runnable event) {
        next.set(event);
    }
}
