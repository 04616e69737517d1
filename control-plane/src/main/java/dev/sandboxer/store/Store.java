package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The database of one installation. Thread-safe; several processes may have it open. */
public final class Store implements AutoCloseable {
    /** How long a writer waits for another process's transaction. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final OneConnection connection;
    private final Jdbi jdbi;
    private final StoreFailures failures;

    private Store(DataSource source, StoreFailures failures) {
        this.connection = new OneConnection(source);
        this.failures = failures;
        this.jdbi = Jdbi.create(connection);
    }

    /**
     * Opens the SQLite file, making and migrating it as needed.
     *
     * @throws SandboxException {@code STORE_*} or {@code DISK_FULL} when it can't be used, saying why and what to do
     */
    public static Store open(Path file) {
        return open(file, PATIENCE, UnaryOperator.identity());
    }

    /** Lets tests wait less, and stand between us and the database. */
    static Store open(Path file, Duration patience, UnaryOperator<DataSource> between) {
        var failures = new StoreFailures(file, patience);
        if (Files.isDirectory(file)) {
            throw new SandboxException(
                    ErrorCode.STORE_DAMAGED,
                    file + " is a directory where the database should be; move it away, or use another SANDBOXER_HOME");
        }
        if (Files.exists(file) && !Files.isWritable(file)) {
            throw new SandboxException(
                    ErrorCode.STORE_READ_ONLY,
                    "the database " + file + " is read-only for this user; make it writable: chmod u+w " + file);
        }
        var source = between.apply(sqlite(file, patience));
        var store = new Store(source, failures);
        try {
            failures.named(() -> {
                new Schema(source, file).bring(store.jdbi);
                return store;
            });
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static DataSource sqlite(Path file, Duration patience) {
        var config = new SQLiteConfig();
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.enforceForeignKeys(true);
        config.setBusyTimeout((int) patience.toMillis());
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    /** Runs work in one transaction: all of it happens, or nothing. No remote call belongs in there. */
    public <T> T transaction(Function<Handle, T> work) {
        return failures.named(() -> jdbi.inTransaction(work::apply));
    }

    /** {@link #transaction} without a result. */
    public void write(Consumer<Handle> work) {
        transaction(handle -> {
            work.accept(handle);
            return true;
        });
    }

    /** Reads without a transaction of its own, so that it never waits for a writer. */
    public <T> T read(Function<Handle, T> work) {
        return failures.named(() -> jdbi.withHandle(work::apply));
    }

    @Override
    public void close() {
        connection.close();
    }

    /** Whether this is the failure of a unique index. */
    public static boolean isDuplicate(JdbiException e) {
        return StoreFailures.isDuplicate(e);
    }
}
