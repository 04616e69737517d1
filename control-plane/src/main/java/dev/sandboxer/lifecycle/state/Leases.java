package dev.sandboxer.lifecycle.state;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Repetition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The leases of this worker on the sandboxes that it is changing. A row names the worker and the time until which it alone works on the
 * sandbox; the worker renews that time while the change is in progress. A lease that was not renewed in time is lost: another worker may
 * take the sandbox over. Thread-safe.
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
     * @param oneHost true if all workers run on this host, so that a worker from before the last boot is certainly gone
     */
    public Leases(SandboxStore sandboxes, Worker worker, boolean oneHost, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.worker = worker;
        this.oneHost = oneHost;
        this.clock = clock;
    }

    /**
     * A sandbox that is being changed.
     *
     * @param turn lock of the thread that changes the sandbox exclusively
     * @param threads number of calls that change the sandbox or wait for their turn, nested ones included
     */
    private record Change(ReentrantLock turn, int threads) {
        Change plus(int more) {
            return new Change(turn, threads + more);
        }
    }

    /** Runs a change of a sandbox under a lease. Other threads of this worker may change it at the same time. */
    public <T> T during(SandboxId sandbox, Supplier<T> change) {
        begin(sandbox);
        try {
            return change.get();
        } catch (RuntimeException e) {
            release(sandbox, e);
            throw e;
        } finally {
            end(sandbox);
        }
    }

    /**
     * Releases the lease after a failure, so that others can take the unfinished change over at once. The lease is kept while another call
     * of this worker works on the same sandbox.
     */
    private void release(SandboxId sandbox, RuntimeException failure) {
        var change = changing.get(sandbox);
        if (change != null && change.threads() > 1) {
            return;
        }
        try {
            sandboxes.release(sandbox, worker.identity());
        } catch (SandboxException e) {
            failure.addSuppressed(e); // the lease expires by itself
        }
    }

    /**
     * Runs a change of a sandbox while no other thread of this worker changes it. Without this, another change could come between the
     * backend call and the write of the row. Reentrant.
     */
    public <T> T exclusively(SandboxId sandbox, Supplier<T> change) {
        var turn = begin(sandbox).turn();
        turn.lock();
        try {
            return change.get();
        } catch (RuntimeException e) {
            release(sandbox, e);
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
    public boolean isActive(Sandbox sandbox) {
        return isOurs(sandbox) ? changing.containsKey(sandbox.id()) : isActiveElsewhere(sandbox);
    }

    /** Returns true if another worker changed the sandbox last and may still be working on it. */
    public boolean isActiveElsewhere(Sandbox sandbox) {
        var until = sandbox.leaseUntil();
        return !isOurs(sandbox)
                && until != null
                && clock.instant().isBefore(until)
                && !sandbox.actor().isGone(oneHost);
    }

    private boolean isOurs(Sandbox sandbox) {
        return sandbox.actor().equals(worker.identity());
    }

    /** Extends the leases of all sandboxes that this worker is changing. */
    public void renew() {
        var ids = List.copyOf(changing.keySet());
        if (!ids.isEmpty()) {
            sandboxes.renew(ids, worker.identity(), clock.instant().plus(Transitions.LEASE));
        }
    }

    /**
     * Fails if another worker has taken the sandbox over. That happens when this process was suspended for longer than its lease. Call this
     * method before each backend call.
     *
     * @param written the sandbox as this worker last wrote it
     * @throws SandboxException {@code CONFLICT} when the sandbox was taken over
     */
    public void requireHeld(Sandbox written) {
        var until = written.leaseUntil();
        if (until == null || clock.instant().isBefore(until)) {
            return; // the lease still runs
        }
        renew();
        var now = sandboxes.current(written);
        if (now.version() != written.version() || !isOurs(now)) {
            throw Conflicts.changed(written.id());
        }
    }

    /** Returns true if all workers run on this host. */
    public boolean isOnOneHost() {
        return oneHost;
    }

    /** Returns this process as a worker: its identity and its host. */
    public Worker worker() {
        return worker;
    }

    /** Releases all leases, so that others take unfinished changes over at once. */
    @Override
    public void close() {
        renewal.close();
        if (!changing.isEmpty()) {
            sandboxes.release(worker.identity());
        }
    }
}
