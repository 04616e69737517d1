package dev.sandboxer.testing.databases;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Copies the rows of a database as {@code pg_dump --data-only} and a restore do, for hosts without a {@code pg_dump} of the server's
 * version. Reads all tables in one snapshot, while others may write, and fills the tables of a database that is migrated already.
 */
public final class PostgresDump {
    private static final String TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";

    private PostgresDump() {}

    public static void copy(PostgresServer server, String from, String to) throws SQLException, IOException {
        try (var source = server.source(from).getConnection();
                var target = server.source(to).getConnection()) {
            source.setAutoCommit(false);
            source.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            target.setAutoCommit(false);
            execute(
                    target,
                    "SET session_replication_role = replica"); // no foreign keys: rows may come before those that they
            // refer to
            for (String table : tables(source)) {
                execute(target, "DELETE FROM " + table);
                copy(api(source), api(target), table);
            }
            target.commit();
        }
    }

    private static void copy(CopyManager source, CopyManager target, String table) throws SQLException, IOException {
        try (var in = new PipedInputStream();
                var out = new PipedOutputStream(in)) {
            var written = CompletableFuture.runAsync(() -> {
                try (out) {
                    source.copyOut("COPY " + table + " TO STDOUT", out);
                } catch (SQLException | IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            target.copyIn("COPY " + table + " FROM STDIN", in);
            written.join();
        }
    }

    private static CopyManager api(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }

    private static List<String> tables(Connection connection) throws SQLException {
        var names = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
