package dev.sandboxer.store;

import dev.sandboxer.error.SandboxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * The database of one installation. Thread-safe; several processes may have it open. Its failures are {@link
 * SandboxException}s, {@code STORE_*} or {@code DISK_FULL}, that say why and what to do.
 */
public interface Database extends AutoCloseable {
    /**
     * Opens the PostgreSQL database that {@code SANDBOXER_DATABASE_URL} names, else the SQLite file, making and migrating it as
     * needed.
     *
     * @throws SandboxException {@code STORE_*}, {@code DISK_FULL} or {@code INVALID_CONFIG} when it can't be used, saying why
     *     and what to do
     */
    static Database open(Path file, Map<String, String> environment) {
        return isPostgres(environment) ? PostgresDatabase.open(environment) : SqliteDatabase.open(file);
    }

    /**
     * Where the database is that {@link #open} opens, for people; without secrets. Touches no database.
     *
     * @throws SandboxException {@code INVALID_CONFIG} when {@code SANDBOXER_DATABASE_URL} is malformed
     */
    static String locate(Path file, Map<String, String> environment) {
        return isPostgres(environment) ? PostgresDatabase.address(environment).location() : file.toString();
    }

    private static boolean isPostgres(Map<String, String> environment) {
        return !environment.getOrDefault("SANDBOXER_DATABASE_URL", "").isEmpty();
    }

    /**
     * Runs work in one transaction: all of it happens, or nothing. No remote call belongs in there. What may be there already is
     * written with {@code ON CONFLICT}: PostgreSQL undoes a transaction in which a statement has failed. What must not change
     * before the end is locked by an update of its row: others may write at the same time.
     */
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

    /**
     * {@link #transaction}, while no other one of this kind runs on any host: for what happens once in the life of an
     * installation.
     */
    <T> T exclusively(Function<Handle, T> work);

    /** SQL that compares and sorts a text column byte by byte, whatever language the database was made for. */
    String byBytes(String column);

    /** Returns true if processes on several hosts may use it at once. */
    boolean isShared();

    /**
     * Begins to do jobs. Where {@link #isShared}, only one process does a job at a time; otherwise each process that asks for it
     * does it.
     */
    Jobs begin(List<Job> jobs);

    /** Where it is, for people; without secrets. */
    String location();

    @Override
    void close();
}
