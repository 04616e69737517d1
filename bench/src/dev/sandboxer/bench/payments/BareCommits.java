package dev.sandboxer.bench.payments;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Durable commits of one row by plain JDBC, as the floor for commits on this disk. */
public final class BareCommits implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement insert;

    public BareCommits(Path file) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, value INTEGER NOT NULL)");
        }
        insert = connection.prepareStatement("INSERT INTO rows (value) VALUES (?)");
    }

    public void commit(int times) throws SQLException {
        for (var i = 0; i < times; i++) {
            insert.setInt(1, i);
            insert.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
