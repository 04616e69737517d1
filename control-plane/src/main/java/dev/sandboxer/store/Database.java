package dev.sandboxer.store;

import dev.sandboxer.error.SandboxException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * The database of one installation. Thread-safe; several processes may have it open. Its failures are {@link
 * SandboxException}s, {@code STORE_*} or {@code DISK_FULL}, that say why and what to do.
 */
public interface Database extends AutoCloseable {
    /** Runs work in one transaction: all of it happens, or nothing. No remote call belongs in there. */
    <T> T transaction(Function<Handle, T> work);

    /** {@link #transaction} without a result. */
    default void write(Consumer<Handle> work) {
        transaction(handle -> {
            work.accept(handle);
            return true;
        });
    }

    /** Reads without a transaction of its own, so that it never waits for a writer. */
    <T> T read(Function<Handle, T> work);

    /** Returns true if this is the failure of a unique index. */
    boolean isDuplicate(JdbiException e);

    /** Returns true if processes on several hosts may use it at once. */
    boolean isShared();

    /** Where it is, for people; without secrets. */
    String location();

    @Override
    void close();
}
