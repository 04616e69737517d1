package dev.sandboxer.hubs;

import dev.sandboxer.hubs.Turn.Claim;
import dev.sandboxer.hubs.Turn.Waiting;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Claims queues of one hub and records the outcome of their events. Each transaction locks the hub's row first, and then the queues in the
 * order of their names, so that no deadlock is possible. Thread-safe.
 */
final class DeliveryStore {
    /** How long a claim on a queue lasts. After that, another process may claim the queue. */
    static final Duration LEASE = Duration.ofSeconds(60);

    /**
     * Maximum number of events claimed at a time, over all queues: they are held in memory, and may be sent again if this process is
     * killed.
     */
    private static final int EVENTS = 512;

    /** Maximum number of events of one queue that are delivered before other queues get their turn. */
    private static final int MAX_BATCH = 128;

    private static final Comparator<Turn> BY_QUEUE =
            Comparator.comparing(turn -> turn.claim().queue());

    private final Database database;
    private final Hub hub;

    DeliveryStore(Database database, Hub hub) {
        this.database = database;
        this.hub = hub;
    }

    /** Claims at most {@code queues} due queues; none while the circuit is open. */
    List<Claim> claim(Instant now, int queues) {
        var circuit = database.read(this::circuit);
        if (circuit.isOpen(now)) {
            return List.of();
        }
        var due = due(now, circuit.needsProbe() ? 1 : queues);
        return due.isEmpty() ? List.of() : database.transaction(handle -> claim(handle, due, now));
    }

    /** Returns due queues. If there are none, returns those whose time is so late that only a wrong clock can have set it. */
    private List<String> due(Instant now, int limit) {
        var due = keys("due_at <= :time", now, limit);
        return due.isEmpty() ? keys("due_at > :time", now.plus(Circuit.MAX_WAIT), limit) : due;
    }

    private List<String> keys(String condition, Instant time, int limit) {
        return database.read(handle -> handle.createQuery("SELECT queue FROM outbox_queues WHERE hub = :hub AND "
                        + condition + " ORDER BY due_at LIMIT :limit")
                .bind("hub", hub.name())
                .bind("time", time.toEpochMilli())
                .bind("limit", limit)
                .mapTo(String.class)
                .list());
    }

    private List<Claim> claim(Handle handle, List<String> due, Instant now) {
        var circuit = lockCircuit(handle);
        if (circuit.isOpen(now)) {
            return List.of();
        }
        var probe = circuit.needsProbe();
        var queues = due.stream().sorted().limit(probe ? 1 : due.size()).toList();
        var limit = probe ? 1 : Math.clamp(EVENTS / queues.size(), 1, MAX_BATCH);
        var owner = UUID.randomUUID().toString();
        var claims = new ArrayList<Claim>();
        for (String queue : lease(handle, queues, owner, now)) {
            claims.add(new Claim(queue, owner, now.plus(LEASE), waiting(handle, queue, limit), probe));
        }
        var empty = claims.stream().filter(claim -> claim.events().isEmpty()).toList();
        removeEmpty(handle, empty); // such as a queue that was locked only to add an event that already existed
        claims.removeAll(empty);
        if (probe && !claims.isEmpty()) {
            save(handle, circuit.probing(now));
        }
        return claims;
    }

    /** Leases the queues. Returns those that could be leased. */
    private static List<String> lease(Handle handle, List<String> queues, String owner, Instant now) {
        try (var batch = handle.prepareBatch("""
                UPDATE outbox_queues SET owner = :owner, due_at = :until
                WHERE queue = :queue AND (due_at <= :now OR due_at > :absurd)
                """)) {
            for (String queue : queues) {
                bind(batch, queue, owner)
                        .bind("until", now.plus(LEASE).toEpochMilli())
                        .bind("now", now.toEpochMilli())
                        .bind("absurd", now.plus(Circuit.MAX_WAIT).toEpochMilli())
                        .add();
            }
            var leased = batch.execute();
            var ours = new ArrayList<String>();
            for (int i = 0; i < leased.length; i++) {
                if (leased[i] == 1) {
                    ours.add(queues.get(i));
                }
            }
            return ours;
        }
    }

    private static List<Waiting> waiting(Handle handle, String queue, int limit) {
        return handle.createQuery("""
                        SELECT id, body, attempts FROM outbox
                        WHERE queue = :queue AND state = 'WAITING' ORDER BY position LIMIT :limit
                        """)
                .bind("queue", queue)
                .bind("limit", limit)
                .map((row, context) -> new Waiting(row.getString("id"), row.getString("body"), row.getLong("attempts")))
                .list();
    }

    /**
     * Records the outcomes and releases the queues. An event that the hub accepted is marked as delivered even if another process owns its
     * queue by now; everything else is left to that process.
     *
     * @return the hub's circuit afterwards
     */
    Circuit settle(List<Turn> done, Instant now) {
        return database.transaction(handle -> {
            var before = lockCircuit(handle);
            var turns = ours(handle, done.stream().sorted(BY_QUEUE).toList());
            accept(handle, done, now);
            stop(handle, turns, now);
            release(handle, turns);
            var after = before;
            for (Turn turn : done) {
                after = turn.applyTo(after, now);
            }
            save(handle, after);
            recordHealth(handle, done, now);
            return after;
        });
    }

    private static List<Turn> ours(Handle handle, List<Turn> turns) {
        try (var batch = handle.prepareBatch(
                "UPDATE outbox_queues SET due_at = due_at" + " WHERE queue = :queue AND owner = :owner")) {
            turns.forEach(turn -> bind(batch, turn.claim()).add());
            var locked = batch.execute();
            var ours = new ArrayList<Turn>();
            for (int i = 0; i < locked.length; i++) {
                if (locked[i] == 1) {
                    ours.add(turns.get(i));
                }
            }
            return ours;
        }
    }

    private static void accept(Handle handle, List<Turn> turns, Instant now) {
        try (var batch = handle.prepareBatch("""
                UPDATE outbox SET state = 'DELIVERED', attempts = attempts + 1, settled_at = :now, error = NULL
                WHERE id = :id AND state = 'WAITING'
                """)) {
            turns.stream()
                    .flatMap(turn -> turn.accepted().stream())
                    .forEach(id ->
                            batch.bind("id", id).bind("now", now.toEpochMilli()).add());
            execute(batch);
        }
    }

    private static void stop(Handle handle, List<Turn> turns, Instant now) {
        try (var batch = handle.prepareBatch("""
                UPDATE outbox SET state = :state, attempts = attempts + 1, settled_at = :at, error = :error
                WHERE id = :id AND state = 'WAITING'
                """)) {
            for (Turn turn : turns) {
                var stopped = turn.stopped();
                if (stopped != null) {
                    var dead = stopped.answer() instanceof Answer.Refused;
                    batch.bind("id", stopped.event().id())
                            .bind("state", dead ? "DEAD" : "WAITING")
                            .bind("at", dead ? now.toEpochMilli() : null)
                            .bind("error", turn.error())
                            .add();
                }
            }
            execute(batch);
        }
    }

    private static void release(Handle handle, List<Turn> turns) {
        var removed = removeEmpty(handle, turns.stream().map(Turn::claim).toList());
        try (var batch = handle.prepareBatch(
                "UPDATE outbox_queues SET owner = NULL, due_at = :at WHERE queue = :queue AND owner = :owner")) {
            for (int i = 0; i < turns.size(); i++) {
                if (removed[i] == 0) {
                    bind(batch, turns.get(i).claim())
                            .bind("at", turns.get(i).nextAt().toEpochMilli())
                            .add();
                }
            }
            execute(batch);
        }
    }

    /**
     * Removes queues without waiting events. Runs as a statement of its own after the locks are taken, so that it sees what others
     * added before.
     *
     * @return 1 for each queue that was removed, else 0
     */
    private static int[] removeEmpty(Handle handle, List<Claim> claims) {
        try (var batch = handle.prepareBatch("""
                DELETE FROM outbox_queues WHERE queue = :queue AND owner = :owner AND NOT EXISTS
                    (SELECT 1 FROM outbox WHERE queue = :queue AND state = 'WAITING')
                """)) {
            claims.forEach(claim -> bind(batch, claim).add());
            return execute(batch);
        }
    }

    private static PreparedBatch bind(PreparedBatch batch, Claim claim) {
        return bind(batch, claim.queue(), claim.owner());
    }

    private static PreparedBatch bind(PreparedBatch batch, String queue, String owner) {
        return batch.bind("queue", queue).bind("owner", owner);
    }

    private static int[] execute(PreparedBatch batch) {
        return batch.size() > 0 ? batch.execute() : new int[0];
    }

    private Circuit lockCircuit(Handle handle) {
        handle.execute("UPDATE outbox_hubs SET failures = failures WHERE hub = ?", hub.name());
        return circuit(handle);
    }

    private Circuit circuit(Handle handle) {
        return handle.createQuery("SELECT failures, paused_until FROM outbox_hubs WHERE hub = :hub")
                .bind("hub", hub.name())
                .map((row, context) -> new Circuit(row.getLong("failures"), time(row, "paused_until")))
                .one();
    }

    private void save(Handle handle, Circuit circuit) {
        var until = circuit.pausedUntil();
        handle.execute(
                "UPDATE outbox_hubs SET failures = ?, paused_until = ? WHERE hub = ?",
                circuit.failures(),
                until == null ? null : until.toEpochMilli(),
                hub.name());
    }

    private void recordHealth(Handle handle, List<Turn> turns, Instant now) {
        if (turns.stream().anyMatch(turn -> !turn.accepted().isEmpty())) {
            handle.execute("UPDATE outbox_hubs SET succeeded_at = ? WHERE hub = ?", now.toEpochMilli(), hub.name());
        }
        turns.stream()
                .map(Turn::error)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(error -> handle.execute(
                        "UPDATE outbox_hubs SET failed_at = ?, error = ? WHERE hub = ?",
                        now.toEpochMilli(),
                        error,
                        hub.name()));
    }

    static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        var millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
