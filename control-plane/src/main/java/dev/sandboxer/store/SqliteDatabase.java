package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** An SQLite file. Several processes of one host may have it open. */
public final class SqliteDatabase implements Database {
    /** How long a writer waits for another process's transaction. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Path file;
    private final OneConnection connection;
    private final Jdbi jdbi;
    private final SqliteFailures failures;

    private SqliteDatabase(Path file, DataSource source, SqliteFailures failures) {
        this.file = file;
        this.connection = new OneConnection(source);
        this.failures = failures;
        this.jdbi = Jdbi.create(connection);
        var statements = new PreparedStatements();
        jdbi.setStatementBuilderFactory(it -> statements);
    }

    /**
     * Opens the SQLite file, making and migrating it as needed.
     *
     * @throws SandboxException {@code STORE_*} or {@code DISK_FULL} when it can't be used, saying why and what to do
     */
    public static Database open(Path file) {
        return open(file, PATIENCE, UnaryOperator.identity());
    }

    /** Lets tests wait less, and stand between us and the database. */
    static Database open(Path file, Duration patience, UnaryOperator<DataSource> between) {
        var failures = new SqliteFailures(file, patience);
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
        var database = new SqliteDatabase(file, source, failures);
        try {
            failures.named(() -> {
                new SqliteSchema(source, file).migrate(database.jdbi);
                return database;
            });
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /**
     * Copies a database into a new file, as it is at one moment, while other processes go on using it. Doesn't migrate it.
     *
     * @throws SandboxException {@code STORE_*} or {@code DISK_FULL} when it can't be read or the copy can't be written
     */
    public static void copy(Path file, Path target) {
        new SqliteFailures(file, PATIENCE).named(() -> {
            Jdbi.create(sqlite(file, PATIENCE)).useHandle(handle -> handle.execute("VACUUM INTO ?", target.toString()));
            return target;
        });
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

    @Override
    public <T> T transaction(Function<Handle, T> work) {
        return failures.named(() -> jdbi.inTransaction(work::apply));
    }

    /** Each transaction is, since SQLite has one writer. */
    @Override
    public <T> T exclusively(Function<Handle, T> work) {
        return transaction(work);
    }

    @Override
    public <T> T read(Function<Handle, T> work) {
        return failures.named(() -> jdbi.withHandle(work::apply));
    }

    @Override
    public String byBytes(String column) {
        return column;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public Jobs begin(List<Job> jobs) {
        var schedule = new Schedule();
        jobs.forEach(job -> schedule.every(job.pause(), job.name(), job.work()));
        return schedule::close;
    }

    @Override
    public String location() {
        return file.toString();
    }

    @Override
    public void close() {
        connection.close();
    }
}
