package dev.sandboxer.objects;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Stores objects, in the caller's transactions. Queries skip expired objects. */
final class ObjectStore {
    private static final String NOT_EXPIRED = " AND (expires_at IS NULL OR expires_at > :now)";

    private ObjectStore() {}

    /** @param sealed the encrypted content */
    record Row(
            String id,
            @Nullable String name,
            String sealed,
            long createdAt,
            @Nullable Long expiresAt) {}

    /** Returns false if the id or the name is taken. */
    static boolean insert(Handle handle, String consumer, String kind, Row row) {
        return handle.createUpdate(
                                "INSERT INTO objects (consumer, kind, id, name, size, sealed, created_at, expires_at)"
                                        + " VALUES (:consumer, :kind, :id, :name, :size, :sealed, :created, :expires)"
                                        + " ON CONFLICT DO NOTHING")
                        .bind("consumer", consumer)
                        .bind("kind", kind)
                        .bind("id", row.id())
                        .bind("name", row.name())
                        .bind("size", row.sealed().length())
                        .bind("sealed", row.sealed())
                        .bind("created", row.createdAt())
                        .bind("expires", row.expiresAt())
                        .execute()
                == 1;
    }

    static Optional<Row> find(Handle handle, String consumer, String kind, String id, Instant now) {
        return find(handle, "id", consumer, kind, id, now);
    }

    static Optional<Row> named(Handle handle, String consumer, String kind, String name, Instant now) {
        return find(handle, "name", consumer, kind, name, now);
    }

    private static Optional<Row> find(
            Handle handle, String column, String consumer, String kind, String value, Instant now) {
        return handle.createQuery("SELECT id, name, sealed, created_at, expires_at FROM objects"
                        + " WHERE consumer = :consumer AND kind = :kind AND " + column + " = :value" + NOT_EXPIRED)
                .bind("consumer", consumer)
                .bind("kind", kind)
                .bind("value", value)
                .bind("now", now.toEpochMilli())
                .map((row, context) -> read(row))
                .findOne();
    }

    /** Lists the objects whose name has the prefix, by name, from the first name greater than {@code after}. */
    static List<Row> list(
            Handle handle,
            String consumer,
            String kind,
            String prefix,
            String after,
            String byBytes,
            int limit,
            Instant now) {
        return handle.createQuery("SELECT id, name, sealed, created_at, expires_at FROM objects"
                        + " WHERE consumer = :consumer AND kind = :kind AND substr(name, 1, length(:prefix)) = :prefix"
                        + " AND " + byBytes + " > :after" + NOT_EXPIRED + " ORDER BY " + byBytes + " LIMIT :limit")
                .bind("consumer", consumer)
                .bind("kind", kind)
                .bind("prefix", prefix)
                .bind("after", after)
                .bind("limit", limit)
                .bind("now", now.toEpochMilli())
                .map((row, context) -> read(row))
                .list();
    }

    private static Row read(ResultSet row) throws SQLException {
        var createdAt = row.getLong("created_at");
        var expiresAt = row.getLong("expires_at");
        var neverExpires = row.wasNull(); // refers to the column that was read last
        return new Row(
                row.getString("id"),
                row.getString("name"),
                row.getString("sealed"),
                createdAt,
                neverExpires ? null : expiresAt);
    }

    /** @param size length of all sealed contents together, in characters */
    record Total(int count, long size) {}

    static Total total(Handle handle, String consumer, String kind) {
        return handle.createQuery("SELECT count(*) AS total, coalesce(sum(size), 0) AS size FROM objects"
                        + " WHERE consumer = :consumer AND kind = :kind")
                .bind("consumer", consumer)
                .bind("kind", kind)
                .map((row, context) -> new Total(row.getInt("total"), row.getLong("size")))
                .one();
    }

    static boolean delete(Handle handle, String consumer, String kind, String id) {
        return handle.execute("DELETE FROM objects WHERE consumer = ? AND kind = ? AND id = ?", consumer, kind, id)
                == 1;
    }

    static int deleteExpired(Handle handle, Instant now) {
        return handle.execute("DELETE FROM objects WHERE expires_at <= ?", now.toEpochMilli());
    }
}
