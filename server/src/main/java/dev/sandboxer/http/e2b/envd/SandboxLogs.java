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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Logs of the processes that were started in each sandbox through this server. The newest entries of each sandbox are kept in
 * memory until it has ended. Thread-safe.
 */
public final class SandboxLogs {
    private static final int MAX_PER_SANDBOX = 1000;

    /** The limit for all sandboxes together. Beyond it a new entry replaces the oldest one of its sandbox. */
    private static final int MAX_TOTAL = 50_000;

    private final InstantSource clock;
    private final Map<SandboxId, Deque<Entry>> logs = new ConcurrentHashMap<>();
    private final AtomicInteger inAll = new AtomicInteger();

    public SandboxLogs(InstantSource clock) {
        this.clock = clock;
    }

    public record Entry(Instant at, String message, Map<String, String> fields) {}

    public void add(SandboxId sandbox, String message, Map<String, String> fields) {
        var log = logs.computeIfAbsent(sandbox, any -> new ArrayDeque<>());
        synchronized (log) {
            if (log.size() == MAX_PER_SANDBOX || inAll.get() >= MAX_TOTAL && !log.isEmpty()) {
                log.removeFirst();
                inAll.decrementAndGet();
            }
            log.add(new Entry(clock.instant(), message, fields));
            inAll.incrementAndGet();
        }
    }

    /** Returns the entries of a sandbox, oldest first. */
    public List<Entry> of(SandboxId sandbox) {
        var log = logs.get(sandbox);
        if (log == null) {
            return List.of();
        }
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    private static int size(Deque<Entry> log) {
        synchronized (log) {
            return log.size();
        }
    }

    /** Forgets the entries of sandboxes that are not live. */
    public void cutAllExcept(Collection<SandboxId> live) {
        logs.keySet().retainAll(live);
        // recounted, since an entry may have been added to a log while it was removed
        inAll.set(logs.values().stream().mapToInt(SandboxLogs::size).sum());
    }
}
