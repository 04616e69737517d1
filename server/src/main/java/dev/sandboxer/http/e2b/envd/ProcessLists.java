package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Lists the processes of sandboxes, one list per sandbox at a time. A hostile sandbox can make its list large, and the list is in
 * memory as a whole, so concurrent lists could fill the server's memory. Thread-safe.
 */
final class ProcessLists {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Map<SandboxId, Semaphore> turns = new ConcurrentHashMap<>();

    /**
     * Lists the processes of a sandbox, passes the list to {@code use}, and returns its result.
     *
     * @throws ConnectException {@code RESOURCE_EXHAUSTED} if other lists of the sandbox take more than 30 s
     */
    <T> T with(SandboxId sandbox, Processes processes, Function<List<ProcessInfo>, T> use) {
        var turn = turns.computeIfAbsent(sandbox, id -> new Semaphore(1, true));
        try {
            if (!turn.tryAcquire(WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new ConnectException(
                        ConnectCode.RESOURCE_EXHAUSTED,
                        "other requests for the sandbox's processes took more than " + WAIT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException(ConnectCode.CANCELED, "the call was cut", e);
        }
        try {
            return use.apply(processes.list());
        } finally {
            turn.release();
        }
    }

    /** Forgets the sandboxes that are not live. */
    void cutAllExcept(Collection<SandboxId> live) {
        turns.keySet().retainAll(live);
    }
}
