package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Access to databases for tests of the store, with and without the store. */
final class RawDatabase {
    private RawDatabase() {}

    /** Returns a plain JDBC connection, which doesn't use the store's locks. */
    static Connection foreign(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    static void execute(Path file, String... statements) throws SQLException {
        try (var connection = foreign(file);
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Inserts a row into {@code installation}, the only table that takes any text. */
    static void insert(Database database, String id) {
        database.write(handle -> handle.execute("INSERT INTO installation (id) VALUES (?)", id));
    }

    static List<String> ids(Database database) {
        return database.read(handle -> handle.createQuery("SELECT id FROM installation ORDER BY id")
                .mapTo(String.class)
                .list());
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertFails(ErrorCode code, ThrowingCallable call) {
        return Assertions.assertThatThrownBy(call).isInstanceOfSatisfying(SandboxException.class, e -> {
            Assertions.assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            Assertions.assertThat(e.getMessage()).doesNotContain("\n");
        });
    }
}
