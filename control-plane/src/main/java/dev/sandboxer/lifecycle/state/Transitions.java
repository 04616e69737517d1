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
 * The only writer of sandboxes. Each change compares and sets the version, in one transaction with what listeners write.
 * Thread-safe.
 */
public final class Transitions {
    /** How long a worker may be silent before others take its work over. */
    public static final Duration LEASE = Duration.ofSeconds(15);

    private final Database database;
    private final SandboxStore sandboxes;
    private final List<TransitionListener> listeners;
    private final List<Consumer<Sandbox>> observers = new CopyOnWriteArrayList<>();
    private final Worker worker;
    private final InstantSource clock;

    /**
     * Makes the writer for one worker.
     *
     * @param worker named in what is written; while something is unfinished, it has a lease on the sandbox
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
     * Writes a new sandbox. A creation that has failed gives its idempotency key up to this one.
     *
     * @param idempotencyKey null = none
     * @param alongside writes what belongs to it, before the listeners
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
            tell(handle, new Transition(null, written, Cause.REQUESTED));
            return written;
        });
    }

    /**
     * Writes a change, if nobody else has changed the sandbox since it was read.
     *
     * @param before as it was read
     * @param after the change, made from {@code before}
     * @return {@code after} with its new version
     * @throws SandboxException {@code CONFLICT} when somebody has
     */
    public Sandbox commit(Sandbox before, Sandbox after, Cause cause) {
        return commit(before, after, cause, handle -> {});
    }

    /** Like {@link #commit(Sandbox, Sandbox, Cause)}; {@code alongside} writes before the listeners do. */
    public Sandbox commit(Sandbox before, Sandbox after, Cause cause, Consumer<Handle> alongside) {
        return observed(database.transaction(handle -> {
            var written = sandboxes.update(handle, before.version(), leased(after));
            alongside.accept(handle); // after the row is ours: of two changes at once the later writes nothing
            tell(handle, new Transition(before, written, cause));
            return written;
        }));
    }

    /**
     * Replaces a sandbox's metadata, if nobody else has changed the sandbox since it was read.
     *
     * @throws SandboxException {@code CONFLICT} when somebody has
     */
    public Sandbox relabel(Sandbox before, Map<String, String> metadata) {
        var after = before.withMetadata(metadata);
        return commit(before, after, Cause.RELABELLED, handle -> sandboxes.replaceMetadata(handle, after));
    }

    /**
     * Writes what another worker is to carry out: it may begin at once.
     *
     * @throws SandboxException {@code CONFLICT} when somebody has changed it since it was read
     */
    public Sandbox leave(Sandbox before, Sandbox after, Cause cause) {
        return database.transaction(handle -> {
            var written = sandboxes.update(handle, before.version(), after.by(worker, Instant.EPOCH));
            tell(handle, new Transition(before, written, cause));
            return written;
        });
    }

    /**
     * Takes over what another worker has left unfinished, as a new version: whatever that one writes later is a conflict.
     *
     * @throws SandboxException {@code CONFLICT} when somebody has changed it since it was read
     */
    public Sandbox takeOver(Sandbox seen) {
        return database.transaction(handle -> sandboxes.update(handle, seen.version(), leased(seen)));
    }

    /** Tells, in this process, of each change that this writer has committed; a listener returns at once. */
    public void onChange(Consumer<Sandbox> observer) {
        observers.add(observer);
    }

    private Sandbox observed(Sandbox written) {
        observers.forEach(observer -> observer.accept(written));
        return written;
    }

    private Sandbox leased(Sandbox sandbox) {
        return sandbox.by(worker, clock.instant().plus(LEASE));
    }

    private void tell(Handle handle, Transition transition) {
        for (TransitionListener listener : listeners) {
            listener.inTransaction(handle, transition);
        }
    }
}
