package dev.sandboxer.lifecycle.state;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.Database;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The only writer of sandboxes. Each change compares and sets the version, in one transaction with what listeners write.
 * Thread-safe.
 */
public final class Transitions {
    private final Database database;
    private final SandboxStore sandboxes;
    private final List<TransitionListener> listeners;

    public Transitions(Database database, SandboxStore sandboxes, List<TransitionListener> listeners) {
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
            sandboxes.insert(handle, fresh, idempotencyKey, requestHash);
            alongside.accept(handle);
            tell(handle, new Transition(null, fresh, Cause.REQUESTED));
            return fresh;
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
        return database.transaction(handle -> {
            var written = sandboxes.update(handle, before.version(), after);
            alongside.accept(handle); // after the row is ours: of two changes at once the later writes nothing
            tell(handle, new Transition(before, written, cause));
            return written;
        });
    }

    private void tell(Handle handle, Transition transition) {
        for (TransitionListener listener : listeners) {
            listener.inTransaction(handle, transition);
        }
    }
}
