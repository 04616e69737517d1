package dev.sandboxer.lifecycle;

import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.ProcessIdentity;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Which sandboxes this process is changing just now. A row says which process last began something with a sandbox; for a
 * process that lives long, such as a server, that alone doesn't say that it is still at it.
 */
final class InProgress {
    private static final Map<SandboxId, Change> CHANGING = new ConcurrentHashMap<>();

    private InProgress() {}

    /**
     * @param threads how many are at it or wait for their turn
     */
    private record Change(ReentrantLock turn, int threads) {
        Change plus(int more) {
            return new Change(turn, threads + more);
        }
    }

    /** Does something that changes the sandbox. */
    static <T> T during(SandboxId sandbox, Supplier<T> change) {
        begin(sandbox);
        try {
            return change.get();
        } finally {
            end(sandbox);
        }
    }

    /**
     * Does something that changes the sandbox while no other thread of this process does: a change that tells the backend
     * something and then writes it down would otherwise be overtaken between the two. Reentrant.
     */
    static <T> T alone(SandboxId sandbox, Supplier<T> change) {
        var turn = begin(sandbox).turn();
        turn.lock();
        try {
            return change.get();
        } finally {
            turn.unlock();
            end(sandbox);
        }
    }

    private static Change begin(SandboxId sandbox) {
        return CHANGING.merge(sandbox, new Change(new ReentrantLock(), 1), (known, one) -> known.plus(1));
    }

    private static void end(SandboxId sandbox) {
        CHANGING.computeIfPresent(sandbox, (id, change) -> change.threads() == 1 ? null : change.plus(-1));
    }

    /** Returns true if the process that last changed the sandbox may still be working on it. */
    static boolean isActive(Sandbox sandbox) {
        return sandbox.actor().equals(ProcessIdentity.current())
                ? CHANGING.containsKey(sandbox.id())
                : sandbox.actor().alive();
    }

    /** Returns true if another process last changed the sandbox and may still be working on it. */
    static boolean isActiveElsewhere(Sandbox sandbox) {
        return !sandbox.actor().equals(ProcessIdentity.current())
                && sandbox.actor().alive();
    }
}
