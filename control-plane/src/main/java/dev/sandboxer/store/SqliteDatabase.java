package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A database in an SQLite file. Several processes of one host may have it open. */
public final class SqliteDatabase implements Database {
    /** How long a writer waits for its turn in the queue, and after that for programs that write without the queue. */
    private static final Duration TIMEOUT = Duration.ofMillis(Long.getLong("sandboxer.store.patience.ms", 60_000));

    private final Path file;
    private final SingleConnection connection;
    private final Jdbi jdbi;
    private final SqliteFailures failures;
    private final WriterQueue queue;
    private final Duration timeout;

    private SqliteDatabase(Path file, DataSource source, SqliteFailures failures, Duration timeout) {
        this.file = file;
        this.timeout = timeout;
        this.queue = WriterQueue.of(file);
        this.connection = new SingleConnection(source);
        this.failures = failures;
        this.jdbi = Jdbi.create(connection);
        var statements = new PreparedStatements();
        jdbi.setStatementBuilderFactory(it -> statements);
    }

    /**
     * Opens the SQLite file. Creates and migrates it as needed.
     *
     * @throws SandboxException {@code STORE_*} or {@code DISK_FULL} if the file can't be used
     */
    public static Database open(Path file) {
        return open(file, TIMEOUT, UnaryOperator.identity());
    }

    /**
     * Opens the SQLite file for tests.
     *
     * @param wrapper may wrap the connections, to watch or fail them
     */
    static Database open(Path file, Duration timeout, UnaryOperator<DataSource> wrapper) {
        var failures = new SqliteFailures(file, timeout);
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
        requireNotLost(file);
        makePrivate(file);
        var source = wrapper.apply(sqlite(file, timeout));
        var database = new SqliteDatabase(file, source, failures, timeout);
        try {
            failures.translate(() -> {
                new SqliteSchema(source, file).migrate(database.jdbi);
                return database;
            });
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** @throws SandboxException {@code STORE_DAMAGED} if the file is empty or missing, although its home was used before */
    private static void requireNotLost(Path file) {
        var isThere = Files.exists(file);
        if (isThere && !isEmpty(file)) {
            return;
        }
        var traces = new HomeTraces(Objects.requireNonNull(file.toAbsolutePath().getParent()));
        var log = file.resolveSibling(file.getFileName() + "-wal");
        var trace = isThere && Files.exists(log) && !isEmpty(log)
                ? Optional.of(log)
                : isThere ? traces.findAny() : traces.findSandbox();
        if (trace.isPresent()) {
            throw new SandboxException(
                    ErrorCode.STORE_DAMAGED,
                    "the database " + file + (isThere ? " is empty" : " is gone") + ", but its home was in use, as "
                            + trace.get() + " shows; restore it from a backup, or use another SANDBOXER_HOME");
        }
    }

    private static boolean isEmpty(Path file) {
        try {
            return Files.size(file) == 0;
        } catch (IOException e) {
            return false; // SQLite fails with a better message
        }
    }

    /** Creates a new file that only its owner can read. SQLite would let others read it; its other files get the same permissions. */
    private static void makePrivate(Path file) {
        if (!Files.exists(file)) {
            try {
                var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
                Files.createFile(file, onlyUs);
            } catch (IOException e) {
                // another process has created it, or SQLite fails with a better message
            }
        }
    }

    /**
     * Copies a consistent state of a database into a new file, while other processes may keep using the database. The copy is not
     * migrated.
     *
     * @throws SandboxException {@code STORE_*} or {@code DISK_FULL} if the database can't be read or the copy can't be written
     */
    public static void copy(Path file, Path target) {
        if (isEmpty(file)) {
            throw new SandboxException(
                    ErrorCode.STORE_DAMAGED, "the database " + file + " is empty; restore it from a backup");
        }
        new SqliteFailures(file, TIMEOUT).translate(() -> {
            Jdbi.create(sqlite(file, TIMEOUT)).useHandle(handle -> handle.execute("VACUUM INTO ?", target.toString()));
            return target;
        });
    }

    private static DataSource sqlite(Path file, Duration timeout) {
        var config = new SQLiteConfig();
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.enforceForeignKeys(true);
        config.setBusyTimeout((int) timeout.toMillis());
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    @Override
    public <T> T transaction(Function<Handle, T> work) {
        // takes the connection before the turn, like a thread that writes while it reads: the reverse order could
        // deadlock
        return failures.translate(() ->
                jdbi.withHandle(handle -> queue.inTurn(timeout, () -> handle.inTransaction(work::apply))));
    }

    /** Same as {@link #transaction}, since SQLite has one writer. */
    @Override
    public <T> T exclusively(Function<Handle, T> work) {
        return transaction(work);
    }

    @Override
    public <T> T read(Function<Handle, T> work) {
        return failures.translate(() -> jdbi.withHandle(work::apply));
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
    public Jobs startJobs(List<Job> jobs) {
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
        queue.close();
    }
}
