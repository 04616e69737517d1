package dev.sandboxer.store;

import dev.sandboxer.error.SandboxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * The database of one installation. Thread-safe; several processes may have it open. Failures are {@link SandboxException}s with the code
 * {@code STORE_*} or {@code DISK_FULL}.
 */
public interface Database extends AutoCloseable {
    /**
     * Opens the PostgreSQL database in {@code SANDBOXER_DATABASE_URL} if the variable is set, otherwise the SQLite file. Creates the file
     * and migrates the database as needed.
     *
     * @throws SandboxException {@code STORE_*}, {@code DISK_FULL} or {@code INVALID_CONFIG} if the database can't be used
     */
    static Database open(Path file, Map<String, String> environment) {
        return isPostgres(environment) ? PostgresDatabase.open(environment) : SqliteDatabase.open(file);
    }

    /**
     * Returns the location of the database that {@link #open} would open, for people and without secrets. Opens nothing.
     *
     * @throws SandboxException {@code INVALID_CONFIG} if {@code SANDBOXER_DATABASE_URL} is malformed
     */
    static String locate(Path file, Map<String, String> environment) {
        return isPostgres(environment) ? PostgresDatabase.address(environment).location() : file.toString();
    }

    private static boolean isPostgres(Map<String, String> environment) {
        return !environment.getOrDefault("SANDBOXER_DATABASE_URL", "").isEmpty();
    }

    /**
     * Runs work in one transaction: all of it happens, or nothing. The work must make no remote call. It must insert rows that may exist
     * already with {@code ON CONFLICT}, since PostgreSQL rolls back a transaction in which a statement has failed. To keep a row from being
     * changed by others until the end, it must update the row first.
     */
    <T> T transaction(Function<Handle, T> work);

    /** Like {@link #transaction}, without a result. */
    default void write(Consumer<Handle> work) {
        transaction(handle -> {
            work.accept(handle);
            return true;
        });
    }

    /** Reads outside of a transaction, so that the reader never waits for a writer. */
    <T> T read(Function<Handle, T> work);

    /**
     * Like {@link #transaction}, but only one such transaction runs at a time, on all hosts together. For work that an installation does
     * once.
     */
    <T> T exclusively(Function<Handle, T> work);

    /** Returns SQL that compares and sorts a text column byte by byte, whatever the database's collation is. */
    String byBytes(String column);

    /** Returns true if processes on several hosts may use the database at the same time. */
    boolean isShared();

    /**
     * Starts to run jobs. On a database that {@link #isShared}, only one process runs a job at a time; otherwise every process that has
     * started it does.
     */
    Jobs startJobs(List<Job> jobs);

    /** Returns the location of the database, for people and without secrets. */
    String location();

    @Override
    void close();
}
