package dev.sandboxer.payments.ledger;

import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads and writes holds and their parts, in the tables {@code holds} and {@code hold_parts}. */
final class HoldStore {
    private final Database database;

    HoldStore(Database database) {
        this.database = database;
    }

    /** Amounts that were captured for a sandbox in nano-units: from its hold, and in total. */
    record Captured(long held, long all) {
        Captured plus(Captured more) {
            return new Captured(held + more.held, all + more.all);
        }
    }

    Optional<Hold> find(Handle handle, String sandbox) {
        return handle.createQuery("SELECT * FROM holds WHERE sandbox = :sandbox")
                .bind("sandbox", sandbox)
                .map((row, context) -> hold(row))
                .findOne();
    }

    /** Returns the hold of a sandbox, open or not; empty if there never was one. */
    Optional<Hold> find(String sandbox) {
        return database.read(handle -> find(handle, sandbox));
    }

    /**
     * Returns open holds, oldest first.
     *
     * @param consumer null = all consumers
     */
    List<Hold> open(@Nullable String consumer) {
        return database.read(handle -> handle.createQuery("SELECT * FROM holds WHERE closed_at IS NULL AND "
                        + (consumer == null ? "TRUE" : "consumer = :consumer") + " ORDER BY opened_at, sandbox")
                .bindMap(consumer == null ? Map.of() : Map.of("consumer", consumer))
                .map((row, context) -> hold(row))
                .list());
    }

    /** Returns up to {@code most} sandboxes whose open holds have expired, earliest expiry first. */
    List<String> overdue(Instant now, int most) {
        return database.read(handle -> handle.createQuery("""
                        SELECT sandbox FROM holds WHERE closed_at IS NULL AND expires_at <= :now
                        ORDER BY expires_at, <sandbox> LIMIT :most
                        """)
                .bind("now", now.toEpochMilli())
                .bind("most", most)
                .define("sandbox", database.byBytes("sandbox"))
                .mapTo(String.class)
                .list());
    }

    void save(Handle handle, Hold hold) {
        handle.createUpdate("""
                        INSERT INTO holds (sandbox, consumer, remaining, captured, opened_at, expires_at, closed_at)
                        VALUES (:sandbox, :consumer, :remaining, :captured, :opened_at, :expires_at, :closed_at)
                        ON CONFLICT (sandbox) DO UPDATE SET remaining = excluded.remaining, expires_at = excluded.expires_at,
                            closed_at = excluded.closed_at
                        """)
                .bind("sandbox", hold.sandbox())
                .bind("consumer", hold.consumer())
                .bind("remaining", hold.remaining().nanos())
                .bind("captured", hold.captured().nanos())
                .bind("opened_at", hold.openedAt().toEpochMilli())
                .bind("expires_at", hold.expiresAt().toEpochMilli())
                .bind("closed_at", LedgerRow.millis(hold.closedAt()))
                .execute();
    }

    /**
     * Updates holds after captures.
     *
     * @param captured by sandbox
     */
    void capture(Handle handle, String consumer, Map<String, Captured> captured) {
        var batch = handle.prepareBatch("""
                UPDATE holds SET remaining = remaining - :held, captured = captured + :captured
                WHERE sandbox = :sandbox AND consumer = :consumer
                """);
        captured.forEach((sandbox, amounts) -> batch.bind("sandbox", sandbox)
                .bind("consumer", consumer)
                .bind("held", amounts.held())
                .bind("captured", amounts.all())
                .add());
        LedgerRow.execute(batch);
    }

    /** Returns the parts of a consumer's holds by sandbox, in the order in which they are captured. */
    Map<String, List<HeldPart>> parts(Handle handle, String consumer, Collection<String> sandboxes) {
        var parts = new HashMap<String, List<HeldPart>>();
        if (sandboxes.isEmpty()) {
            return parts;
        }
        handle.createQuery("""
                        SELECT p.sandbox, p.remaining AS part, g.id, g.remaining, g.expires_at
                        FROM holds h JOIN hold_parts p ON p.sandbox = h.sandbox LEFT JOIN grants g ON g.id = p.source
                        WHERE h.sandbox IN (<sandboxes>) AND h.consumer = :consumer AND p.remaining > 0
                        ORDER BY p.sandbox, g.id IS NULL, <orderOfUse>
                        """)
                .bind("consumer", consumer)
                .bindList("sandboxes", List.copyOf(sandboxes))
                .define("orderOfUse", LedgerRow.orderOfUse(database))
                .map((row, context) -> parts.computeIfAbsent(row.getString("sandbox"), it -> new ArrayList<>())
                        .add(new HeldPart(row.getLong("part"), LedgerRow.grantBalance(row))))
                .list();
        return parts;
    }

    /** Returns the parts of a consumer's open holds that came from no grant, in nano-units by sandbox, oldest hold first. */
    Map<String, Long> heldOnCredit(Handle handle, String consumer) {
        var held = new LinkedHashMap<String, Long>();
        handle.createQuery("""
                        SELECT p.sandbox, p.remaining FROM holds h JOIN hold_parts p ON p.sandbox = h.sandbox
                        WHERE h.consumer = :consumer AND h.closed_at IS NULL AND p.source = '' AND p.remaining > 0
                        ORDER BY h.opened_at,
                        """ + database.byBytes("p.sandbox"))
                .bind("consumer", consumer)
                .map((row, context) -> held.put(row.getString("sandbox"), row.getLong("remaining")))
                .list();
        return held;
    }

    /** Adds to the parts of holds. The changes are in nano-units: by sandbox, then by source. */
    void changeParts(Handle handle, Map<String, Map<String, Long>> changes) {
        var batch = handle.prepareBatch("""
                INSERT INTO hold_parts (sandbox, source, remaining) VALUES (:sandbox, :source, :by)
                ON CONFLICT (sandbox, source) DO UPDATE SET remaining = hold_parts.remaining + excluded.remaining
                """);
        changes.forEach((sandbox, parts) -> parts.forEach((source, by) -> {
            if (by != 0) {
                batch.bind("sandbox", sandbox)
                        .bind("source", source)
                        .bind("by", by)
                        .add();
            }
        }));
        LedgerRow.execute(batch);
    }

    private static Hold hold(ResultSet row) throws SQLException {
        return new Hold(
                row.getString("sandbox"),
                row.getString("consumer"),
                LedgerRow.money(row, "remaining"),
                LedgerRow.money(row, "captured"),
                Instant.ofEpochMilli(row.getLong("opened_at")),
                Instant.ofEpochMilli(row.getLong("expires_at")),
                LedgerRow.instant(row, "closed_at"));
    }
}
