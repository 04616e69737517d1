package dev.sandboxer.lifecycle;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.lifecycle.state.Worker;
import dev.sandboxer.observe.Repetition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Which sandboxes this worker is changing just now. Their rows name it, with the time until which it alone works on them; it makes
 * that later again and again while it is at it. A worker that has been silent for longer has lost its leases: another may have taken
 * them over. Thread-safe.
 */
public final class Leases implements AutoCloseable {
    private static final Duration RENEWAL = Transitions.LEASE.dividedBy(3);

    private final SandboxStore sandboxes;
    private final Worker worker;
    private final boolean oneHost;
    private final InstantSource clock;
    private final Map<SandboxId, Change> changing = new ConcurrentHashMap<>();
    private final Repetition renewal = new Repetition(RENEWAL, "leases", this::renew);

    /**
     * @param oneHost whether all workers run on this host, so that one of an earlier boot is gone
     */
    Leases(SandboxStore sandboxes, Worker worker, boolean oneHost, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.worker = worker;
        this.oneHost = oneHost;
        this.clock = clock;
    }

    /**
     * @param threads how many calls are at it or wait for their turn, nested ones too
     */
    private record Change(ReentrantLock turn, int threads) {
        Change plus(int more) {
            return new Change(turn, threads + more);
        }
    }

    /** Does something that changes the sandbox. */
    <T> T during(SandboxId sandbox, Supplier<T> change) {
        begin(sandbox);
        try {
            return change.get();
        } catch (RuntimeException e) {
            giveBack(sandbox, e);
            throw e;
        } finally {
            end(sandbox);
        }
    }

    /**
     * Lets others take over at once what a failure may have left unfinished. The lease stays while another call of this worker
     * works on the same sandbox.
     */
    private void giveBack(SandboxId sandbox, RuntimeException failure) {
        var change = changing.get(sandbox);
        if (change != null && change.threads() > 1) {
            return;
        }
        try {
            sandboxes.release(sandbox, worker.identity());
        } catch (SandboxException e) {
            failure.addSuppressed(e); // then it does run out
        }
    }

    /**
     * Does something that changes the sandbox while no other thread of this worker does: a change that tells the backend
     * something and then writes it down would otherwise be overtaken between the two. Reentrant.
     */
    <T> T alone(SandboxId sandbox, Supplier<T> change) {
        var turn = begin(sandbox).turn();
        turn.lock();
        try {
            return change.get();
        } catch (RuntimeException e) {
            giveBack(sandbox, e);
            throw e;
        } finally {
            turn.unlock();
            end(sandbox);
        }
    }

    private Change begin(SandboxId sandbox) {
        renewal.start();
        return changing.merge(sandbox, new Change(new ReentrantLock(), 1), (known, one) -> known.plus(1));
    }

    private void end(SandboxId sandbox) {
        changing.computeIfPresent(sandbox, (id, change) -> change.threads() == 1 ? null : change.plus(-1));
    }

    /** Returns true if the worker that changed the sandbox last may still be working on it. */
    boolean isActive(Sandbox sandbox) {
        return isOurs(sandbox) ? changing.containsKey(sandbox.id()) : isActiveElsewhere(sandbox);
    }

    /** Returns true if another worker changed the sandbox last and may still be working on it. */
    boolean isActiveElsewhere(Sandbox sandbox) {
        var until = sandbox.leaseUntil();
        return !isOurs(sandbox)
                && until != null
                && clock.instant().isBefore(until)
                && !sandbox.actor().isGone(oneHost);
    }

    private boolean isOurs(Sandbox sandbox) {
        return sandbox.actor().equals(worker.identity());
    }

    /** Makes the leases of what is being changed later. */
    void renew() {
        var ids = List.copyOf(changing.keySet());
        if (!ids.isEmpty()) {
            sandboxes.renew(ids, worker.identity(), clock.instant().plus(Transitions.LEASE));
        }
    }

    /**
     * Makes sure that a sandbox is still ours before its backend is called: this process may have stood still for so long that
     * another has taken it over.
     *
     * @throws SandboxException {@code CONFLICT} when another has
     */
    void requireHeld(Sandbox written) {
        var until = written.leaseUntil();
        if (until == null || clock.instant().isBefore(until)) {
            return; // as it was written just now
        }
        renew();
        var now = sandboxes.current(written);
        if (now.version() != written.version() || !isOurs(now)) {
            throw Conflicts.changed(written.id());
        }
    }

    boolean isOnOneHost() {
        return oneHost;
    }

    Worker worker() {
        return worker;
    }

    /** Gives all leases back, so that others take over at once what is left undone. */
    @Override
    public void close() {
        renewal.close();
        if (!changing.isEmpty()) {
            sandboxes.release(worker.identity());
        }
    }
}
