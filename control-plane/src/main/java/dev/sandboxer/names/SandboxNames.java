package dev.sandboxer.names;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.Transition;
import dev.sandboxer.lifecycle.state.TransitionListener;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the names of sandboxes unique within a scope of their consumer. A sandbox holds its name from the transaction that creates its row
 * to the one that writes its end. APIs whose clients name sandboxes store the name and its scope in the metadata. Thread-safe.
 */
public final class SandboxNames implements TransitionListener {
    /** Prefix of the metadata names that only the server's APIs may set. */
    private static final String RESERVED = "modal.";

    /** The metadata entry that holds a sandbox's name. */
    public static final String NAME = RESERVED + "name";

    /** The metadata entry that holds the scope of the name. */
    public static final String SCOPE = RESERVED + "app";

    /** Returns true if only the server's APIs may set this metadata name. */
    public static boolean isReserved(String name) {
        return name.startsWith(RESERVED);
    }

    private record Name(String consumer, String scope, String text) {}

    /**
     * Takes or releases the sandbox's name.
     *
     * @throws SandboxException {@code NAME_TAKEN} when another sandbox has it
     */
    @Override
    public void inTransaction(Handle handle, Transition transition) {
        var before = transition.before() == null ? null : name(transition.before());
        var after = transition.after().state().ended() ? null : name(transition.after());
        if (before != null && !before.equals(after)) {
            SandboxNameStore.release(handle, transition.after().id().value());
        }
        if (after != null && !after.equals(before)) {
            take(handle, after, transition.after());
        }
    }

    private static void take(Handle handle, Name name, Sandbox sandbox) {
        var taken = SandboxNameStore.take(
                handle, name.consumer(), name.scope(), name.text(), sandbox.id().value());
        if (!taken) {
            throw new SandboxException(
                    ErrorCode.NAME_TAKEN,
                    "a running sandbox with the name '" + name.text()
                            + "' already exists; end it first, or take another name");
        }
    }

    private static @Nullable Name name(Sandbox sandbox) {
        var text = sandbox.metadata().get(NAME);
        return text == null
                ? null
                : new Name(sandbox.consumer(), sandbox.metadata().getOrDefault(SCOPE, ""), text);
    }
}
