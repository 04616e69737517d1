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
 * Waits for the end of sandboxes. Changes by this process wake the waiting calls; changes by others are seen within half a second.
 * Thread-safe.
 */
final class SandboxWatch {
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Sandboxes sandboxes;
    private final Map<SandboxId, Set<Semaphore>> waiting = new ConcurrentHashMap<>();

    SandboxWatch(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
        sandboxes.onChange(
                sandbox -> waiting.getOrDefault(sandbox.id(), Set.of()).forEach(Semaphore::release));
    }

    /** The sandbox, once it has ended, the time is over, or the client of this call has gone. */
    Sandbox awaitEnd(Sandbox seen, Duration longest) {
        var countdown = new Countdown(longest);
        var bell = new Semaphore(0);
        var call = Context.current();
        Context.CancellationListener gone = _ -> bell.release();
        waiting.compute(seen.id(), (_, bells) -> {
            Set<Semaphore> all = bells == null ? ConcurrentHashMap.newKeySet() : bells;
            all.add(bell);
            return all;
        });
        call.addListener(gone, Runnable::run);
        try {
            var sandbox = sandboxes.find(seen.id()).orElse(seen);
            while (!sandbox.state().ended() && !countdown.isOver() && !call.isCancelled()) {
                var left = countdown.left();
                var pause = left.compareTo(LOOK) < 0 ? left : LOOK;
                if (bell.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                    bell.drainPermits();
                }
                sandbox = sandboxes.find(seen.id()).orElse(seen);
            }
            return sandbox;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server closes
            return seen;
        } finally {
            call.removeListener(gone);
            waiting.computeIfPresent(seen.id(), (_, bells) -> {
                bells.remove(bell);
                return bells.isEmpty() ? null : bells;
            });
        }
    }
}
