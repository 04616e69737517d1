package dev.sandboxer.consumers;

import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads and writes consumers, in the table {@code consumers}. */
final class ConsumerStore {
    private final Database database;

    ConsumerStore(Database database) {
        this.database = database;
    }

    /** Returns false if there is already a consumer with this id. */
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

    /** Returns all consumers by id. */
    List<Consumer> list() {
        return database.read(handle -> handle.createQuery("SELECT * FROM consumers ORDER BY " + database.byBytes("id"))
                .map((row, context) -> map(row))
                .list());
    }

    void setDisabled(String id, @Nullable Instant at) {
        database.write(handle -> handle.execute(
                "UPDATE consumers SET disabled_at = ? WHERE id = ?", at == null ? null : at.toEpochMilli(), id));
    }

    /** Returns the stored limits; {@link ConsumerLimits#NONE} for an unknown consumer. */
    ConsumerLimits limits(String id) {
        return database.read(handle -> limits(handle, id));
    }

    /** Like {@link #limits(String)}, but reads in the caller's transaction. */
    ConsumerLimits limits(Handle handle, String id) {
        return handle.createQuery("SELECT * FROM consumers WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> LimitsRow.read(row))
                .findOne()
                .orElse(ConsumerLimits.NONE);
    }

    /** Reads, changes and writes a consumer's limits in one transaction. */
    void changeLimits(String id, UnaryOperator<ConsumerLimits> change) {
        database.write(handle -> LimitsRow.bind(handle.createUpdate("""
                        UPDATE consumers SET default_profile = :default_profile, profiles = :profiles, max_live = :max_live,
                            max_cpu_millis = :max_cpu_millis, max_memory_mib = :max_memory_mib,
                            max_rate_millis = :max_rate_millis, rate_burst = :rate_burst, max_ttl_ms = :max_ttl_ms
                        WHERE id = :id
                        """), change.apply(limits(handle, id)))
                .bind("id", id)
                .execute());
    }

    private static Consumer map(ResultSet row) throws SQLException {
        var millis = row.getLong("disabled_at");
        var disabledAt = row.wasNull() ? null : Instant.ofEpochMilli(millis);
        return new Consumer(row.getString("id"), Instant.ofEpochMilli(row.getLong("created_at")), disabledAt);
    }
}
