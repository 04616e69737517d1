package dev.sandboxer.hubs;

import dev.sandboxer.hubs.Deliveries.DeadLetter;
import dev.sandboxer.hubs.HubStatus.LastError;
import dev.sandboxer.hubs.OutboxStore.Queue;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Counts waiting events, and requeues or deletes settled ones (delivered or dead), in transactions of {@value #PAGE} rows.
 * Thread-safe.
 */
final class BacklogStore {
    private static final int PAGE = 1_000;

    private final Database database;

    BacklogStore(Database database) {
        this.database = database;
    }

    /** An event that was delivered or is dead. */
    private record Settled(String id, Queue queue, long at) {}

    HubStatus status(Hub hub, boolean configured, Instant now) {
        return database.read(handle -> handle.createQuery("""
                        SELECT succeeded_at, failed_at, error, paused_until,
                            (SELECT count(*) FROM outbox WHERE hub = :hub AND state = 'WAITING') AS waiting,
                            (SELECT min(added_at) FROM outbox WHERE hub = :hub AND state = 'WAITING') AS oldest,
                            (SELECT count(*) FROM outbox WHERE hub = :hub AND state = 'DEAD' AND settled_at IS NOT NULL)
                                AS dead
                        FROM outbox_hubs WHERE hub = :hub
                        """)
                .bind("hub", hub.name())
                .map((row, context) -> status(row, hub, configured, now))
                .one());
    }

    private static HubStatus status(ResultSet row, Hub hub, boolean configured, Instant now) throws SQLException {
        var oldest = DeliveryStore.time(row, "oldest");
        var failedAt = DeliveryStore.time(row, "failed_at");
        var pausedUntil = DeliveryStore.time(row, "paused_until");
        return new HubStatus(
                hub,
                configured,
                row.getLong("waiting"),
                oldest == null ? null : age(oldest, now),
                row.getLong("dead"),
                DeliveryStore.time(row, "succeeded_at"),
                failedAt == null ? null : new LastError(failedAt, row.getString("error")),
                new Circuit(0, pausedUntil).isOpen(now) ? pausedUntil : null);
    }

    private static Duration age(Instant since, Instant now) {
        return since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
    }

    long waiting(Hub hub) {
        return database.read(
                handle -> handle.createQuery("SELECT count(*) FROM outbox WHERE hub = :hub AND state = 'WAITING'")
                        .bind("hub", hub.name())
                        .mapTo(long.class)
                        .one());
    }

    /** Returns dead letters, the earliest refusal first. */
    List<DeadLetter> deadLetters(int limit) {
        return database.read(handle -> handle.createQuery("""
                        SELECT * FROM outbox WHERE state = 'DEAD' AND settled_at IS NOT NULL
                        ORDER BY settled_at, id LIMIT :limit
                        """)
                .bind("limit", limit)
                .map((row, context) -> new DeadLetter(
                        row.getString("id"),
                        Hub.valueOf(row.getString("hub")),
                        Queue.ofRow(row.getString("queue")).orderKey(),
                        Instant.ofEpochMilli(row.getLong("added_at")),
                        Instant.ofEpochMilli(row.getLong("settled_at")),
                        row.getLong("attempts"),
                        row.getString("error")))
                .list());
    }

    /** Requeues the dead letters among these ids; returns their number. */
    int requeue(Collection<String> ids, Instant now) {
        return database.transaction(handle -> {
            var dead = ids.stream()
                    .distinct()
                    .flatMap(id -> handle
                            .createQuery("SELECT id, queue, settled_at FROM outbox WHERE id = :id AND state = 'DEAD'")
                            .bind("id", id)
                            .map((row, context) -> settled(row))
                            .list()
                            .stream())
                    .toList();
            return revive(handle, dead, "DEAD", now);
        });
    }

    /** Requeues all dead letters; returns their number. */
    int requeueAll(Instant now) {
        var latest = latestDeath();
        var last = latest.isAfter(now) ? latest : now; // the clock may have been set back since they died
        return reviveAll("hub IS NOT NULL AND state = 'DEAD'", "DEAD", Instant.EPOCH, last.plusMillis(1), now);
    }

    private Instant latestDeath() {
        return Instant.ofEpochMilli(database.read(handle -> handle.createQuery(
                        "SELECT coalesce(max(settled_at), 0) FROM outbox WHERE state = 'DEAD' AND settled_at IS NOT NULL")
                .mapTo(Long.class)
                .one()));
    }

    /** Requeues the events that were delivered to the hub in a period; returns their number. */
    int replay(Hub hub, Instant from, Instant to, Instant now) {
        var condition = "hub = '" + hub.name() + "' AND state = 'DELIVERED'";
        return reviveAll(condition, "DELIVERED", from, to, now);
    }

    /** Requeues page by page. The cursor only moves forward, so this ends even if events are settled again meanwhile. */
    private int reviveAll(String condition, String state, Instant from, Instant to, Instant now) {
        int revived = 0;
        @Nullable Settled last = new Settled("", new Queue(Hub.FIN_HUB, ""), from.toEpochMilli());
        while (last != null) {
            var after = last;
            var page = database.read(
                    handle -> handle.createQuery("SELECT id, queue, settled_at FROM outbox WHERE " + condition
                                    + " AND (settled_at, id) > (:at, :id) AND settled_at < :to"
                                    + " ORDER BY settled_at, id LIMIT " + PAGE)
                            .bind("at", after.at())
                            .bind("id", after.id())
                            .bind("to", to.toEpochMilli())
                            .map((row, context) -> settled(row))
                            .list());
            revived += database.transaction(handle -> revive(handle, page, state, now));
            last = page.size() < PAGE ? null : page.getLast();
        }
        return revived;
    }

    private static Settled settled(ResultSet row) throws SQLException {
        return new Settled(row.getString("id"), Queue.ofRow(row.getString("queue")), row.getLong("settled_at"));
    }

    private static int revive(Handle handle, List<Settled> events, String state, Instant now) {
        if (events.isEmpty()) {
            return 0;
        }
        OutboxStore.lock(handle, events.stream().map(Settled::queue).toList(), now);
        try (var batch = handle.prepareBatch("""
                UPDATE outbox SET state = 'WAITING', attempts = 0, settled_at = NULL, error = NULL
                WHERE id = :id AND state = :state
                """)) {
            events.forEach(
                    event -> batch.bind("id", event.id()).bind("state", state).add());
            int revived = 0;
            for (int count : batch.execute()) {
                revived += count;
            }
            return revived;
        }
    }

    /** Deletes the events delivered before a time; returns their number. */
    int purge(Instant before) {
        int purged = 0;
        int page;
        do {
            page = database.transaction(handle -> handle.execute(
                    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = 'DELIVERED' AND settled_at < ?"
                            + " ORDER BY settled_at LIMIT " + PAGE + ")",
                    before.toEpochMilli()));
            purged += page;
        } while (page == PAGE);
        return purged;
    }
}
