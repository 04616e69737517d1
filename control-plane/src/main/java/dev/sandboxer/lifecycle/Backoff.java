package dev.sandboxer.lifecycle;

import dev.sandboxer.lifecycle.state.SandboxId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pauses between failed repairs of a sandbox. They double from 1 s to 5 min, so that a backend that is down or refuses the key isn't
 * called every second. Kept in memory only. Thread-safe.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofMinutes(5);

    private final InstantSource clock;
    private final Map<SandboxId, Wait> waits = new ConcurrentHashMap<>();

    private record Wait(Duration length, Instant until) {}

    Backoff(InstantSource clock) {
        this.clock = clock;
    }

    boolean isDue(SandboxId sandbox) {
        var wait = waits.get(sandbox);
        return wait == null || !clock.instant().isBefore(wait.until());
    }

    void failed(SandboxId sandbox) {
        waits.compute(sandbox, (id, last) -> {
            var length = last == null ? FIRST : last.length().multipliedBy(2);
            var bounded = length.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : length;
            return new Wait(bounded, clock.instant().plus(bounded));
        });
    }

    void succeeded(SandboxId sandbox) {
        waits.remove(sandbox);
    }
}
