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
 * The only connection to an SQLite database, lent to one thread at a time: SQLite has one writer, and more connections only
 * make them fight for it.
 */
final class OneConnection implements ConnectionFactory, AutoCloseable {
    private static final int PATIENCE_S = 30;

    private final DataSource source;
    private final Semaphore free = new Semaphore(1, true);
    private @Nullable Connection connection;

    OneConnection(DataSource source) {
        this.source = source;
    }

    @Override
    public Connection openConnection() throws SQLException {
        try {
            if (!free.tryAcquire(PATIENCE_S, TimeUnit.SECONDS)) {
                throw new SandboxException(
                        ErrorCode.STORE_LOCKED,
                        "the database was in use by this process for more than 30 s; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for the database", e);
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

    /** Gives it back; it stays open. */
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
            // everything that was promised has been committed
        } finally {
            free.release();
        }
    }
}
