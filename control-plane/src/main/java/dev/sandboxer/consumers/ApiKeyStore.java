package dev.sandboxer.consumers;

import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes API keys, in the table {@code api_keys}. */
final class ApiKeyStore {
    private final Database database;

    ApiKeyStore(Database database) {
        this.database = database;
    }

    void insert(ApiKey key, String hash) {
        database.write(handle -> handle.execute(
                "INSERT INTO api_keys (id, consumer, hash, prefix, created_at) VALUES (?, ?, ?, ?, ?)",
                key.id(),
                key.consumer(),
                hash,
                key.prefix(),
                key.createdAt().toEpochMilli()));
    }

    Optional<ApiKey> findByHash(String hash) {
        return database.read(handle -> handle.createQuery("SELECT * FROM api_keys WHERE hash = :hash")
                .bind("hash", hash)
                .map((row, context) -> map(row))
                .findOne());
    }

    Optional<ApiKey> find(String id) {
        return database.read(handle -> handle.createQuery("SELECT * FROM api_keys WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> map(row))
                .findOne());
    }

    /** Returns a consumer's keys, or all if null, oldest first. */
    List<ApiKey> list(@Nullable String consumer) {
        return database.read(handle -> {
            var query = handle.createQuery("SELECT * FROM api_keys"
                    + (consumer == null ? "" : " WHERE consumer = :consumer") + " ORDER BY created_at, id");
            if (consumer != null) {
                query.bind("consumer", consumer);
            }
            return query.map((row, context) -> map(row)).list();
        });
    }

    void revoke(String id, Instant at) {
        database.write(handle -> handle.execute(
                "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at.toEpochMilli(), id));
    }

    private static ApiKey map(ResultSet row) throws SQLException {
        var millis = row.getLong("revoked_at");
        var revokedAt = row.wasNull() ? null : Instant.ofEpochMilli(millis);
        return new ApiKey(
                row.getString("id"),
                row.getString("consumer"),
                row.getString("prefix"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                revokedAt);
    }
}
