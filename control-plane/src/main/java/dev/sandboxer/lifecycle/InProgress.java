package dev.sandboxer.lifecycle;

import dev.sandboxer.observe.ProcessIdentity;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Which sandboxes this process is changing just now. A row says which process last began something with a sandbox; for a
 * process that lives long, such as a server, that alone doesn't say that it is still at it.
 */
final class InProgress {
    private static final Map<SandboxId, Integer> CHANGING = new ConcurrentHashMap<>();

    private InProgress() {}

    /** Does something that changes the sandbox. */
    static <T> T during(SandboxId sandbox, Supplier<T> change) {
        CHANGING.merge(sandbox, 1, Integer::sum);
        try {
            return change.get();
        } finally {
            CHANGING.computeIfPresent(sandbox, (id, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Whether whoever last began something with it may still finish it. */
    static boolean inHand(Sandbox sandbox) {
        return sandbox.actor().equals(ProcessIdentity.current())
                ? CHANGING.containsKey(sandbox.id())
                : sandbox.actor().alive();
    }
}
