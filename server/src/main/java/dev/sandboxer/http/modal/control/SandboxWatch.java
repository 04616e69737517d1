package dev.sandboxer.http.modal.control;

import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.Countdown;
import io.grpc.Context;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the end of sandboxes. Changes by this process wake the waiting calls at once; changes by other processes are noticed within
 * half a second. Thread-safe.
 */
final class SandboxWatch implements AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    private final Sandboxes sandboxes;
    private final Map<SandboxId, Set<Semaphore>> waiting = new ConcurrentHashMap<>();
    private final Runnable stopListening;

    SandboxWatch(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
        this.stopListening = sandboxes.onChange(
                sandbox -> waiting.getOrDefault(sandbox.id(), Set.of()).forEach(Semaphore::release));
    }

    /** Returns the sandbox once it has ended, the time is up, or the client of this call has left. */
    Sandbox awaitEnd(Sandbox seen, Duration longest) {
        var countdown = new Countdown(longest);
        var changed = new Semaphore(0);
        var call = Context.current();
        Context.CancellationListener gone = _ -> changed.release();
        waiting.compute(seen.id(), (_, waiters) -> {
            Set<Semaphore> all = waiters == null ? ConcurrentHashMap.newKeySet() : waiters;
            all.add(changed);
            return all;
        });
        call.addListener(gone, Runnable::run);
        try {
            var sandbox = sandboxes.find(seen.id()).orElse(seen);
            while (!sandbox.state().ended() && !countdown.isOver() && !call.isCancelled()) {
                var left = countdown.left();
                var pause = left.compareTo(POLL_INTERVAL) < 0 ? left : POLL_INTERVAL;
                if (changed.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                    changed.drainPermits();
                }
                sandbox = sandboxes.find(seen.id()).orElse(seen);
            }
            return sandbox;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server is closing
            return seen;
        } finally {
            call.removeListener(gone);
            waiting.computeIfPresent(seen.id(), (_, waiters) -> {
                waiters.remove(changed);
                return waiters.isEmpty() ? null : waiters;
            });
        }
    }

    /** Stops listening to changes by this process. */
    @Override
    public void close() {
        stopListening.run();
    }
}
