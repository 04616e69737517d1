package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * The only connection of this process to an SQLite database. One thread uses it at a time: SQLite has one writer, and more connections
 * would only compete for it.
 */
final class SingleConnection implements ConnectionFactory, AutoCloseable {
    /** Longer than the thread that has the connection may wait for another process. */
    private static final int TIMEOUT_S = 90;

    private final DataSource source;
    private final Semaphore free = new Semaphore(1, true);
    private @Nullable Connection connection;

    SingleConnection(DataSource source) {
        this.source = source;
    }

    @Override
    public Connection openConnection() throws SQLException {
        try {
            if (!free.tryAcquire(TIMEOUT_S, TimeUnit.SECONDS)) {
                throw new SandboxException(
                        ErrorCode.STORE_LOCKED,
                        "the database was in use by this process for more than " + TIMEOUT_S + " s; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(
                    ErrorCode.STORE_LOCKED, "the wait for the database was interrupted; nothing was done", e);
        }
        try {
            var open = connection;
            if (open == null) {
                open = source.getConnection();
                connection = open;
            }
            return open;
        } catch (SQLException | RuntimeException e) {
            free.release();
            throw e;
        }
    }

    /** Returns the connection, which stays open. */
    @Override
    public void closeConnection(Connection returned) {
        free.release();
    }

    @Override
    public void close() {
        free.acquireUninterruptibly();
        try {
            if (connection != null) {
                connection.close();
                connection = null;
            }
        } catch (SQLException e) {
            // all finished transactions are committed already
        } finally {
            free.release();
        }
    }
}
