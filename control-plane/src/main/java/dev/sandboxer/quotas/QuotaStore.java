package dev.sandboxer.quotas;

import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The usage of consumers, counted over the rows of sandboxes, and their buckets of creations. */
final class QuotaStore {
    /**
     * The CPU of a sandbox that is being paused counts until the pause is complete, because the backend may refuse it. A paused
     * sandbox uses no CPU, even while it is being ended.
     */
    private static final String USAGE = """
            SELECT count(*) AS live,
                coalesce(sum(CASE WHEN paused_at IS NULL OR transition IS NOT NULL THEN cpu_millis ELSE 0 END), 0) AS cpu,
                coalesce(sum(memory_mib), 0) AS memory
            FROM sandboxes
            WHERE consumer = :consumer AND state IN ('PROVISIONING', 'RUNNING', 'PAUSED', 'STOPPING')
                AND deadline > :overdue
            """;

    private final Database database;

    QuotaStore(Database database) {
        this.database = database;
    }

    /** Locks the consumer's usage until the transaction ends, so that concurrent checks wait for each other. */
    void lock(Handle handle, String consumer) {
        handle.execute(
                "INSERT INTO quotas (consumer) VALUES (?) ON CONFLICT (consumer) DO UPDATE SET consumer = excluded.consumer",
                consumer);
    }

    /** @param overdue sandboxes with a deadline at or before this time don't count */
    Usage usage(String consumer, Instant overdue) {
        return database.read(handle -> usage(handle, consumer, overdue));
    }

    Usage usage(Handle handle, String consumer, Instant overdue) {
        return handle.createQuery(USAGE)
                .bind("consumer", consumer)
                .bind("overdue", overdue.toEpochMilli())
                .map((row, context) -> read(row))
                .one();
    }

    private static Usage read(ResultSet row) throws SQLException {
        return new Usage(row.getLong("live"), row.getLong("cpu"), row.getLong("memory"));
    }

    /** Returns when a consumer's bucket will be full again; empty if it never created anything under a rate limit. */
    Optional<Instant> fullAt(Handle handle, String consumer) {
        return handle.createQuery("SELECT full_at FROM quotas WHERE consumer = :consumer AND full_at IS NOT NULL")
                .bind("consumer", consumer)
                .map((row, context) -> Instant.EPOCH.plus(row.getLong("full_at"), ChronoUnit.MICROS))
                .findOne();
    }

    void setFullAt(Handle handle, String consumer, Instant fullAt) {
        handle.execute(
                "UPDATE quotas SET full_at = ? WHERE consumer = ?",
                ChronoUnit.MICROS.between(Instant.EPOCH, fullAt),
                consumer);
    }
}
