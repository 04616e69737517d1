package dev.sandboxer.consumers;

import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Consumers as rows. */
final class ConsumerStore {
    private final Database database;

    ConsumerStore(Database database) {
        this.database = database;
    }

    /** False when there is one of that name. */
    boolean insert(String id, Instant at) {
        return database.transaction(handle -> handle.execute(
                        "INSERT INTO consumers (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        id,
                        at.toEpochMilli())
                == 1);
    }

    Optional<Consumer> find(String id) {
        return database.read(handle -> handle.createQuery("SELECT * FROM consumers WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> map(row))
                .findOne());
    }

    /** By name. */
    List<Consumer> list() {
        return database.read(handle -> handle.createQuery("SELECT * FROM consumers ORDER BY " + database.byBytes("id"))
                .map((row, context) -> map(row))
                .list());
    }

    void setDisabled(String id, @Nullable Instant at) {
        database.write(handle -> handle.execute(
                "UPDATE consumers SET disabled_at = ? WHERE id = ?", at == null ? null : at.toEpochMilli(), id));
    }

    private static Consumer map(ResultSet row) throws SQLException {
        var millis = row.getLong("disabled_at");
        var disabledAt = row.wasNull() ? null : Instant.ofEpochMilli(millis);
        return new Consumer(row.getString("id"), Instant.ofEpochMilli(row.getLong("created_at")), disabledAt);
    }
}
