package dev.sandboxer.lifecycle.state;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The only writer of sandbox rows. Each change compares and increments the version, in one transaction with what the listeners write.
 * Thread-safe.
 */
public final class Transitions {
    /** How long a lease lasts without renewal. After that, another worker may take the sandbox over. */
    public static final Duration LEASE = Duration.ofSeconds(15);

    private final Database database;
    private final SandboxStore sandboxes;
    private final List<TransitionListener> listeners;
    private final List<Consumer<Sandbox>> observers = new CopyOnWriteArrayList<>();
    private final Worker worker;
    private final InstantSource clock;

    /**
     * Creates the writer of one worker.
     *
     * @param worker the worker whose name is written into the rows. It holds a lease on a sandbox until its change is finished
     */
    public Transitions(
            Database database,
            SandboxStore sandboxes,
            List<TransitionListener> listeners,
            Worker worker,
            InstantSource clock) {
        this.worker = worker;
        this.clock = clock;
        this.database = database;
        this.sandboxes = sandboxes;
        this.listeners = List.copyOf(listeners);
    }

    /**
     * Writes a new sandbox. It takes over the idempotency key of a failed creation.
     *
     * @param idempotencyKey null = none
     * @param alongside writes further rows in the transaction, before the listeners
     * @throws SandboxException {@code CONFLICT} when the consumer has used the idempotency key before
     */
    public Sandbox begin(
            Sandbox fresh, @Nullable String idempotencyKey, String requestHash, Consumer<Handle> alongside) {
        return database.transaction(handle -> {
            if (idempotencyKey != null) {
                sandboxes.releaseKey(handle, fresh.consumer(), idempotencyKey);
            }
            var written = leased(fresh);
            sandboxes.insert(handle, written, idempotencyKey, requestHash);
            alongside.accept(handle);
            notifyListeners(handle, new Transition(null, written, Cause.REQUESTED));
            return written;
        });
    }

    /**
     * Writes a change unless the sandbox has changed since it was read.
     *
     * @param before the sandbox as read
     * @param after the changed sandbox, made from {@code before}
     * @return {@code after} with its new version
     * @throws SandboxException {@code CONFLICT} when it has changed
     */
    public Sandbox commit(Sandbox before, Sandbox after, Cause cause) {
        return commit(before, after, cause, handle -> {});
    }

    /**
     * Writes a change like {@link #commit(Sandbox, Sandbox, Cause)}.
     *
     * @param alongside writes further rows in the transaction, before the listeners
     */
    public Sandbox commit(Sandbox before, Sandbox after, Cause cause, Consumer<Handle> alongside) {
        return observed(database.transaction(handle -> {
            var written = sandboxes.update(handle, before.version(), leased(after));
            alongside.accept(handle); // after the update, so that a conflicting change writes nothing
            notifyListeners(handle, new Transition(before, written, cause));
            return written;
        }));
    }

    /**
     * Replaces a sandbox's metadata unless the sandbox has changed since it was read.
     *
     * @throws SandboxException {@code CONFLICT} when it has changed
     */
    public Sandbox relabel(Sandbox before, Map<String, String> metadata) {
        var after = before.withMetadata(metadata);
        return commit(before, after, Cause.RELABELLED, handle -> sandboxes.replaceMetadata(handle, after));
    }

    /**
     * Writes a change without a lease, so that another worker may finish it at once.
     *
     * @throws SandboxException {@code CONFLICT} when the sandbox has changed since it was read
     */
    public Sandbox leave(Sandbox before, Sandbox after, Cause cause) {
        return database.transaction(handle -> {
            var written = sandboxes.update(handle, before.version(), after.writtenBy(worker, Instant.EPOCH));
            notifyListeners(handle, new Transition(before, written, cause));
            return written;
        });
    }

    /**
     * Takes over a sandbox that another worker left unfinished. Writes a new version, so that later writes of that worker conflict.
     *
     * @throws SandboxException {@code CONFLICT} when the sandbox has changed since it was read
     */
    public Sandbox takeOver(Sandbox seen) {
        return database.transaction(handle -> sandboxes.update(handle, seen.version(), leased(seen)));
    }

    /**
     * Adds an observer that receives each sandbox that this writer has changed. It must return at once.
     *
     * @return removes the observer
     */
    public Runnable onChange(Consumer<Sandbox> observer) {
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    private Sandbox observed(Sandbox written) {
        observers.forEach(observer -> observer.accept(written));
        return written;
    }

    private Sandbox leased(Sandbox sandbox) {
        return sandbox.writtenBy(worker, clock.instant().plus(LEASE));
    }

    private void notifyListeners(Handle handle, Transition transition) {
        for (TransitionListener listener : listeners) {
            listener.inTransaction(handle, transition);
        }
    }
}
