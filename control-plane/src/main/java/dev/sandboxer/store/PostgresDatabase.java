package dev.sandboxer.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL database, which processes on several hosts may share. Transactions are read committed. */
public final class PostgresDatabase implements Database {
    static final String PASSWORD_FILE = "SANDBOXER_DATABASE_PASSWORD_FILE";

    private static final int CONNECTIONS = 8;

    /** How long a transaction waits for a connection, for a lock, and for a statement. */
    private static final Duration CONNECTION_WAIT = Duration.ofSeconds(5);

    private static final Duration LOCK_WAIT = Duration.ofSeconds(10);
    private static final Duration STATEMENT_TIME = Duration.ofSeconds(30);

    /** After this time the server rolls back the transaction of a process that does nothing in it. */
    private static final Duration IDLE_TIME = Duration.ofSeconds(60);

    /** Longer than {@link #STATEMENT_TIME}, so that a live server answers first. */
    private static final int SOCKET_TIME_S = 45;

    private static final int CONNECT_TIME_S = 5;

    /** Id of the advisory lock of {@link #exclusively}. {@link PostgresSchema} has another one. */
    private static final long EXCLUSIVE_LOCK = 0x73616e64626f7802L;

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final PostgresFailures failures;

    private PostgresDatabase(HikariDataSource pool, PostgresFailures failures) {
        this.pool = pool;
        this.failures = failures;
        this.jdbi = Jdbi.create(pool);
    }

    /**
     * Opens the database in the variable {@code SANDBOXER_DATABASE_URL}. Migrates it as needed.
     *
     * @throws SandboxException {@code STORE_*}, {@code DISK_FULL} or {@code INVALID_CONFIG} if the database can't be used
     */
    static Database open(Map<String, String> environment) {
        return open(address(environment), UnaryOperator.identity());
    }

    /**
     * Opens a database.
     *
     * @param wrapper lets tests wrap the connections, to watch or fail them
     */
    static Database open(PostgresAddress address, UnaryOperator<DataSource> wrapper) {
        var failures = new PostgresFailures(address.location());
        var pool = failures.translate(() -> pool(wrapper.apply(source(address, SOCKET_TIME_S))));
        var database = new PostgresDatabase(pool, failures);
        try {
            failures.translate(() -> {
                new PostgresSchema(wrapper.apply(source(address, 0)), address.location()).migrate(database.jdbi);
                return database;
            });
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Returns the address in the environment. Reads the password file, and opens no connection. */
    static PostgresAddress address(Map<String, String> environment) {
        var address = PostgresUrl.parse(environment.getOrDefault(PostgresUrl.VARIABLE, ""));
        var file = environment.getOrDefault(PASSWORD_FILE, "");
        return file.isEmpty() ? address : address.withPassword(password(Path.of(file)));
    }

    private static String password(Path file) {
        try {
            var text = Files.readString(file).stripTrailing();
            if (!text.isEmpty()) {
                return text;
            }
        } catch (IOException e) {
            throw unreadable(file, "can't be read (" + e.getClass().getSimpleName() + ")");
        }
        throw unreadable(file, "is empty");
    }

    private static SandboxException unreadable(Path file, String why) {
        return new SandboxException(
                ErrorCode.INVALID_CONFIG,
                PASSWORD_FILE + " names " + file + ", which " + why + "; put the password of the database there");
    }

    private static DataSource source(PostgresAddress address, int socketTimeS) {
        var source = new PGSimpleDataSource();
        source.setServerNames(
                address.hosts().stream().map(PostgresAddress.Host::name).toArray(String[]::new));
        source.setPortNumbers(
                address.hosts().stream().mapToInt(PostgresAddress.Host::port).toArray());
        source.setDatabaseName(address.database());
        source.setUser(address.user());
        source.setPassword(address.password());
        source.setApplicationName("sandboxer");
        source.setConnectTimeout(CONNECT_TIME_S);
        source.setSocketTimeout(socketTimeS);
        source.setTcpKeepAlive(true);
        address.parameters().forEach((name, value) -> set(source, name, value));
        return source;
    }

    private static void set(PGSimpleDataSource source, String name, String value) {
        try {
            source.setProperty(name, value);
        } catch (SQLException e) {
            throw new SandboxException(
                    ErrorCode.INVALID_CONFIG,
                    PostgresUrl.VARIABLE + " has a parameter that the driver refuses, or a wrong value for one; see"
                            + " docs/operate.md for parameters, such as sslmode");
        }
    }

    private static HikariDataSource pool(DataSource source) {
        var config = new HikariConfig();
        config.setPoolName("database");
        config.setDataSource(source);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1); // most commands need no more
        config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
        config.setInitializationFailTimeout(1); // fails at once if the first connection fails
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql("SET statement_timeout = " + STATEMENT_TIME.toMillis() + "; SET lock_timeout = "
                + LOCK_WAIT.toMillis() + "; SET idle_in_transaction_session_timeout = " + IDLE_TIME.toMillis());
        return new HikariDataSource(config);
    }

    @Override
    public <T> T transaction(Function<Handle, T> work) {
        return failures.translate(() -> jdbi.inTransaction(work::apply));
    }

    @Override
    public <T> T exclusively(Function<Handle, T> work) {
        return transaction(handle -> {
            handle.execute("SELECT pg_advisory_xact_lock(?)", EXCLUSIVE_LOCK);
            return work.apply(handle);
        });
    }

    @Override
    public <T> T read(Function<Handle, T> work) {
        return failures.translate(() -> jdbi.withHandle(work::apply));
    }

    @Override
    public String byBytes(String column) {
        return column + " COLLATE \"C\"";
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public Jobs startJobs(List<Job> jobs) {
        return new LeasedJobs(pool, jobs);
    }

    @Override
    public String location() {
        return failures.location();
    }

    @Override
    public void close() {
        pool.close();
    }
}
