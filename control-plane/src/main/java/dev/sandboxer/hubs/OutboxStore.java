package dev.sandboxer.hubs;

import dev.sandboxer.observe.Redactor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Adds events as rows. Thread-safe. */
final class OutboxStore {
    private static final Comparator<Queue> LOCK_ORDER =
            Comparator.comparing(Queue::hub).thenComparing(Queue::orderKey);

    /** A new event, as it is sent. */
    record Row(String id, Hub hub, String orderKey, String body) {}

    /** All events of a hub that have the same order key. */
    record Queue(Hub hub, String orderKey) {}

    /** Adds what isn't there yet. Returns the first row whose id belongs to another event. */
    Optional<Row> firstOther(Handle handle, List<Row> rows, Instant now) {
        lock(
                handle,
                rows.stream().map(row -> new Queue(row.hub(), row.orderKey())).toList(),
                now);
        var known = new ArrayList<Row>();
        var added = insert(handle, rows, now);
        for (int i = 0; i < added.length; i++) {
            if (added[i] == 0) {
                known.add(rows.get(i));
            }
        }
        return known.stream().filter(row -> !isStored(handle, row)).findFirst();
    }

    /**
     * Makes the queues, or locks those that are there: who empties one waits, and then sees what was added. Always in the same
     * order, so that two transactions can't wait for each other.
     */
    static void lock(Handle handle, List<Queue> queues, Instant now) {
        try (var batch = handle.prepareBatch("""
                INSERT INTO outbox_queues (hub, order_key, due_at) VALUES (:hub, :key, :now)
                ON CONFLICT (hub, order_key) DO UPDATE SET due_at = outbox_queues.due_at
                """)) {
            queues.stream()
                    .distinct()
                    .sorted(LOCK_ORDER)
                    .forEach(queue -> batch.bind("hub", queue.hub().name())
                            .bind("key", queue.orderKey())
                            .bind("now", now.toEpochMilli())
                            .add());
            batch.execute();
        }
    }

    private static int[] insert(Handle handle, List<Row> rows, Instant now) {
        try (var batch = handle.prepareBatch("""
                INSERT INTO outbox (id, hub, order_key, position, body, state, attempts, added_at)
                VALUES (:id, :hub, :key,
                    (SELECT coalesce(max(position), 0) + 1 FROM outbox WHERE hub = :hub AND order_key = :key),
                    :body, 'WAITING', 0, :now)
                ON CONFLICT (id) DO NOTHING
                """)) {
            for (Row row : rows) {
                batch.bind("id", row.id())
                        .bind("hub", row.hub().name())
                        .bind("key", row.orderKey())
                        .bind("body", row.body())
                        .bind("now", now.toEpochMilli())
                        .add();
            }
            return batch.execute();
        }
    }

    /** A secret that has become known since is hidden in the row's text too, before they are compared. */
    private static boolean isStored(Handle handle, Row row) {
        return handle.createQuery("SELECT body FROM outbox WHERE id = :id AND hub = :hub AND order_key = :key")
                .bind("id", row.id())
                .bind("hub", row.hub().name())
                .bind("key", row.orderKey())
                .mapTo(String.class)
                .findOne()
                .filter(body -> Redactor.clean(body).equals(row.body()))
                .isPresent();
    }
}
