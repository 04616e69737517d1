package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.lifecycle.state.SandboxId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Logs of the processes that were started in each sandbox through this server. The newest entries of each sandbox are kept in
 * memory until it has ended. Thread-safe.
 */
public final class SandboxLogs {
    private static final int MOST = 1000;

    private final InstantSource clock;
    private final Map<SandboxId, Deque<Entry>> logs = new ConcurrentHashMap<>();

    public SandboxLogs(InstantSource clock) {
        this.clock = clock;
    }

    public record Entry(Instant at, String message, Map<String, String> fields) {}

    public void add(SandboxId sandbox, String message, Map<String, String> fields) {
        var log = logs.computeIfAbsent(sandbox, any -> new ArrayDeque<>());
        synchronized (log) {
            if (log.size() == MOST) {
                log.removeFirst();
            }
            log.add(new Entry(clock.instant(), message, fields));
        }
    }

    /** The entries of a sandbox, oldest first. */
    public List<Entry> of(SandboxId sandbox) {
        var log = logs.get(sandbox);
        if (log == null) {
            return List.of();
        }
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    /** Forgets the entries of all other sandboxes. */
    public void keepOnly(Collection<SandboxId> live) {
        logs.keySet().retainAll(live);
    }
}
