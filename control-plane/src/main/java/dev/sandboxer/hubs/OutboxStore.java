package dev.sandboxer.hubs;

import dev.sandboxer.observe.Redactor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Writes events to the outbox table. Thread-safe. */
final class OutboxStore {
    /** A new event with the body that is sent. */
    record Row(String id, Queue queue, String body) {}

    /** The events of a hub with the same order key. */
    record Queue(Hub hub, String orderKey) {
        private static final char SEPARATOR = ':';

        static Queue ofRow(String text) {
            var end = text.indexOf(SEPARATOR);
            return new Queue(Hub.valueOf(text.substring(0, end)), text.substring(end + 1));
        }

        String toRow() {
            return hub.name() + SEPARATOR + orderKey;
        }
    }

    /** Adds the rows that are not stored yet. Returns the first row whose id belongs to another event, if there is one. */
    Optional<Row> add(Handle handle, List<Row> rows, Instant now) {
        lock(handle, rows.stream().map(Row::queue).toList(), now);
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
     * Creates the queues, or locks existing ones, so that a process which empties a queue waits and then sees what was added. The
     * order is always the same, to avoid deadlocks.
     */
    static void lock(Handle handle, List<Queue> queues, Instant now) {
        try (var batch = handle.prepareBatch("""
                INSERT INTO outbox_queues (queue, hub, due_at) VALUES (:queue, :hub, :now)
                ON CONFLICT (queue) DO UPDATE SET due_at = outbox_queues.due_at
                """)) {
            queues.stream()
                    .distinct()
                    .sorted(Comparator.comparing(Queue::toRow))
                    .forEach(queue -> batch.bind("queue", queue.toRow())
                            .bind("hub", queue.hub().name())
                            .bind("now", now.toEpochMilli())
                            .add());
            batch.execute();
        }
    }

    private static int[] insert(Handle handle, List<Row> rows, Instant now) {
        try (var batch = handle.prepareBatch("""
                INSERT INTO outbox (id, hub, queue, position, body, state, attempts, added_at)
                VALUES (:id, :hub, :queue,
                    (SELECT coalesce(max(last), 0) + 1 FROM (
                        SELECT max(position) AS last FROM outbox WHERE queue = :queue AND state = 'WAITING'
                        UNION ALL SELECT max(position) FROM outbox WHERE queue = :queue AND state = 'DELIVERED'
                        UNION ALL SELECT max(position) FROM outbox WHERE queue = :queue AND state = 'DEAD'
                    ) AS lasts),
                    :body, 'WAITING', 0, :now)
                ON CONFLICT (id) DO NOTHING
                """)) {
            for (Row row : rows) {
                batch.bind("id", row.id())
                        .bind("hub", row.queue().hub().name())
                        .bind("queue", row.queue().toRow())
                        .bind("body", row.body())
                        .bind("now", now.toEpochMilli())
                        .add();
            }
            return batch.execute();
        }
    }

    /**
     * Returns true if an equal event is stored. Secrets that became known after it was stored are redacted from its body before the
     * comparison.
     */
    private static boolean isStored(Handle handle, Row row) {
        return handle.createQuery("SELECT body FROM outbox WHERE id = :id AND queue = :queue")
                .bind("id", row.id())
                .bind("queue", row.queue().toRow())
                .mapTo(String.class)
                .findOne()
                .filter(body -> Redactor.clean(body).equals(row.body()))
                .isPresent();
    }
}
