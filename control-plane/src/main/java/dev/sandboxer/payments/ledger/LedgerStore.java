package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.CreditAccount.Purse;
import dev.sandboxer.payments.ledger.CreditAccount.Totals;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
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

/** The ledger's rows. */
final class LedgerStore {
    private final Database database;

    /** Of the table {@code grants} with the alias {@code g}. Grants that expire are used before those that never do. */
    private final String burnOrder;

    LedgerStore(Database database) {
        this.database = database;
        this.burnOrder =
                "g.priority, coalesce(g.expires_at, 9223372036854775807), g.created_at, " + database.byBytes("g.id");
    }

    /** Makes others who change that consumer's credits wait until this transaction ends. */
    CreditAccount lock(Handle handle, String consumer, CreditTerms usual, Instant now) {
        return locked(handle, consumer, now).orElseGet(() -> {
            open(handle, consumer, usual);
            return locked(handle, consumer, now).orElseThrow();
        });
    }

    private Optional<CreditAccount> locked(Handle handle, String consumer, Instant now) {
        return handle.createQuery("UPDATE credit_accounts SET held = held WHERE consumer = :consumer RETURNING *")
                .bind("consumer", consumer)
                .map((row, context) -> account(row, open(handle, consumer), now))
                .findOne();
    }

    private static CreditAccount account(ResultSet row, List<Purse> open, Instant now) throws SQLException {
        var totals = new Totals(
                row.getLong("granted"),
                row.getLong("overdraft"),
                row.getLong("held"),
                row.getLong("consumed"),
                row.getLong("expired"));
        return new CreditAccount(row.getString("consumer"), CreditTermsRow.read(row), totals, open, now);
    }

    private static void open(Handle handle, String consumer, CreditTerms terms) {
        CreditTermsRow.bind(handle.createUpdate("""
                        INSERT INTO credit_accounts (consumer, credit_limit, warn_below, budget, budget_period, granted, overdraft,
                            held, consumed, expired)
                        VALUES (:consumer, :credit_limit, :warn_below, :budget, :budget_period, 0, 0, 0, 0, 0)
                        ON CONFLICT DO NOTHING
                        """), terms)
                .bind("consumer", consumer)
                .execute();
    }

    private List<Purse> open(Handle handle, String consumer) {
        return handle.createQuery("SELECT g.id, g.remaining, g.expires_at FROM grants g"
                        + " WHERE g.consumer = :consumer AND g.remaining > 0 ORDER BY " + burnOrder)
                .bind("consumer", consumer)
                .map((row, context) ->
                        new Purse(row.getString("id"), row.getLong("remaining"), instant(row, "expires_at")))
                .list();
    }

    /** Writes what has changed in an account that is locked. */
    void save(Handle handle, CreditAccount account) {
        var totals = account.totals();
        handle.createUpdate("""
                        UPDATE credit_accounts SET granted = :granted, overdraft = :overdraft, held = :held,
                            consumed = :consumed, expired = :expired WHERE consumer = :consumer
                        """)
                .bind("consumer", account.consumer())
                .bind("granted", totals.granted())
                .bind("overdraft", totals.overdraft())
                .bind("held", totals.held())
                .bind("consumed", totals.consumed())
                .bind("expired", totals.expired())
                .execute();
        account.takeChanges()
                .forEach((grant, by) ->
                        handle.execute("UPDATE grants SET remaining = remaining + ? WHERE id = ?", by, grant));
    }

    /** Changes how a consumer pays. */
    void setTerms(Handle handle, String consumer, CreditTerms terms) {
        CreditTermsRow.bind(handle.createUpdate("""
                        UPDATE credit_accounts SET credit_limit = :credit_limit, warn_below = :warn_below, budget = :budget,
                            budget_period = :budget_period WHERE consumer = :consumer
                        """), terms)
                .bind("consumer", consumer)
                .execute();
        if (terms.warnBelow() == null) {
            setWarned(handle, consumer, false, Instant.EPOCH);
        }
    }

    /** Inserts transactions, none of which has an id that is there already. Says for each whether it was inserted. */
    boolean[] insert(Handle handle, List<LedgerTransaction> transactions) {
        var batch = handle.prepareBatch("""
                INSERT INTO ledger_transactions (id, consumer, kind, sandbox, nanos, at, note)
                VALUES (:id, :consumer, :kind, :sandbox, :nanos, :at, :note) ON CONFLICT DO NOTHING
                """);
        for (LedgerTransaction transaction : transactions) {
            batch.bind("id", transaction.id())
                    .bind("consumer", transaction.consumer())
                    .bind("kind", transaction.kind().name())
                    .bind("sandbox", transaction.sandbox())
                    .bind("nanos", transaction.amount().nanos())
                    .bind("at", transaction.at().toEpochMilli())
                    .bind("note", transaction.note())
                    .add();
        }
        var counts = batch.execute();
        var inserted = new boolean[counts.length];
        for (int i = 0; i < counts.length; i++) {
            inserted[i] = counts[i] == 1;
        }
        return inserted;
    }

    void insertEntries(Handle handle, Map<String, List<Entry>> byTransaction) {
        var batch = handle.prepareBatch("""
                INSERT INTO ledger_entries (transaction_id, leg, debit, credit, nanos)
                VALUES (:transaction, :leg, :debit, :credit, :nanos)
                """);
        byTransaction.forEach((id, entries) -> {
            for (int leg = 0; leg < entries.size(); leg++) {
                var entry = entries.get(leg);
                batch.bind("transaction", id)
                        .bind("leg", leg)
                        .bind("debit", entry.debit())
                        .bind("credit", entry.credit())
                        .bind("nanos", entry.amount().nanos())
                        .add();
            }
        });
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    /** A transaction without its entries. */
    Optional<LedgerTransaction> find(Handle handle, String id) {
        return handle.createQuery("SELECT * FROM ledger_transactions WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> transaction(row, List.of()))
                .findOne();
    }

    /** Returns false if there is a grant with that id already. */
    boolean insert(Handle handle, Grant grant) {
        return handle.createUpdate("""
                        INSERT INTO grants (id, consumer, kind, amount, remaining, priority, created_at, expires_at, note)
                        VALUES (:id, :consumer, :kind, :amount, :remaining, :priority, :created_at, :expires_at, :note)
                        ON CONFLICT DO NOTHING
                        """)
                        .bind("id", grant.id())
                        .bind("consumer", grant.consumer())
                        .bind("kind", grant.kind().name())
                        .bind("amount", grant.amount().nanos())
                        .bind("remaining", grant.remaining().nanos())
                        .bind("priority", grant.priority())
                        .bind("created_at", grant.createdAt().toEpochMilli())
                        .bind("expires_at", millis(grant.expiresAt()))
                        .bind("note", grant.note())
                        .execute()
                == 1;
    }

    /** A consumer's grants, in the order in which they are used, used ones too. */
    List<Grant> grants(String consumer) {
        return database.read(handle -> handle.createQuery(
                        "SELECT g.* FROM grants g WHERE g.consumer = :consumer ORDER BY " + burnOrder)
                .bind("consumer", consumer)
                .map((row, context) -> grant(row))
                .list());
    }

    Optional<Grant> grant(Handle handle, String id) {
        return handle.createQuery("SELECT * FROM grants WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> grant(row))
                .findOne();
    }

    private static Grant grant(ResultSet row) throws SQLException {
        return new Grant(
                row.getString("id"),
                row.getString("consumer"),
                Grant.Kind.valueOf(row.getString("kind")),
                money(row, "amount"),
                money(row, "remaining"),
                row.getInt("priority"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                instant(row, "expires_at"),
                row.getString("note"));
    }

    Optional<Hold> hold(Handle handle, String sandbox) {
        return handle.createQuery("SELECT * FROM holds WHERE sandbox = :sandbox")
                .bind("sandbox", sandbox)
                .map((row, context) -> hold(row))
                .findOne();
    }

    /** What was set aside for a sandbox, if it ever was. */
    Optional<Hold> hold(String sandbox) {
        return database.read(handle -> hold(handle, sandbox));
    }

    /** Open holds, oldest first. */
    List<Hold> openHolds(@Nullable String consumer) {
        return database.read(handle -> handle.createQuery("SELECT * FROM holds WHERE closed_at IS NULL AND "
                        + (consumer == null ? "TRUE" : "consumer = :consumer") + " ORDER BY opened_at, sandbox")
                .bindMap(consumer == null ? Map.of() : Map.of("consumer", consumer))
                .map((row, context) -> hold(row))
                .list());
    }

    /** Sandboxes with a hold that should be open no longer, at most so many. */
    List<String> overdueHolds(Instant now, int most) {
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

    void saveHold(Handle handle, Hold hold) {
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
                .bind("closed_at", millis(hold.closedAt()))
                .execute();
    }

    /**
     * Notes captures.
     *
     * @param fromHold what was taken from each sandbox's hold, and in all
     */
    void capture(Handle handle, String consumer, Map<String, Captured> fromHold) {
        var batch = handle.prepareBatch("""
                UPDATE holds SET remaining = remaining - :held, captured = captured + :captured
                WHERE sandbox = :sandbox AND consumer = :consumer
                """);
        fromHold.forEach((sandbox, captured) -> batch.bind("sandbox", sandbox)
                .bind("consumer", consumer)
                .bind("held", captured.held())
                .bind("captured", captured.all())
                .add());
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    record Captured(long held, long all) {
        Captured plus(Captured more) {
            return new Captured(held + more.held, all + more.all);
        }
    }

    /** What is in the open holds of a consumer's sandboxes, in the order in which it is captured. */
    Map<String, List<HeldPart>> parts(Handle handle, String consumer, Collection<String> sandboxes) {
        var parts = new HashMap<String, List<HeldPart>>();
        if (sandboxes.isEmpty()) {
            return parts;
        }
        handle.createQuery("""
                        SELECT p.sandbox, p.remaining AS part, g.id, g.remaining, g.expires_at
                        FROM holds h JOIN hold_parts p ON p.sandbox = h.sandbox LEFT JOIN grants g ON g.id = p.source
                        WHERE h.sandbox IN (<sandboxes>) AND h.consumer = :consumer AND p.remaining > 0
                        ORDER BY p.sandbox, g.id IS NULL, <burnOrder>
                        """)
                .bind("consumer", consumer)
                .bindList("sandboxes", List.copyOf(sandboxes))
                .define("burnOrder", burnOrder)
                .map((row, context) -> parts.computeIfAbsent(row.getString("sandbox"), it -> new ArrayList<>())
                        .add(new HeldPart(row.getLong("part"), purse(row))))
                .list();
        return parts;
    }

    /** What is in the open holds of a consumer and came from no grant, by sandbox. */
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

    private static @Nullable Purse purse(ResultSet row) throws SQLException {
        var grant = row.getString("id");
        return grant == null ? null : new Purse(grant, row.getLong("remaining"), instant(row, "expires_at"));
    }

    /** Changes what sources have in holds: by sandbox, then by source. */
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
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    /** Adds to what a consumer has spent, by day since 1970. */
    void addSpent(Handle handle, String consumer, Map<Long, Long> byDay) {
        byDay.forEach((day, nanos) -> handle.execute(
                "INSERT INTO spent (consumer, day, nanos) VALUES (?, ?, ?)"
                        + " ON CONFLICT (consumer, day) DO UPDATE SET nanos = spent.nanos + excluded.nanos",
                consumer,
                day,
                nanos));
    }

    /** What a consumer has spent since that day. */
    Money spent(Handle handle, String consumer, long sinceDay) {
        return new Money(handle.createQuery(
                        "SELECT coalesce(sum(nanos), 0) FROM spent WHERE consumer = :consumer AND day >= :day")
                .bind("consumer", consumer)
                .bind("day", sinceDay)
                .mapTo(Long.class)
                .one());
    }

    /** All consumers that have an account, by name. */
    List<String> consumers() {
        return database.read(handle -> handle.createQuery(
                        "SELECT consumer FROM credit_accounts ORDER BY " + database.byBytes("consumer"))
                .mapTo(String.class)
                .list());
    }

    /** Consumers with grants whose time is up and of which something is left. */
    List<String> withExpiredGrants(Instant now) {
        return database.read(handle -> handle.createQuery(
                        "SELECT DISTINCT consumer FROM grants WHERE remaining > 0 AND expires_at <= :now ORDER BY consumer")
                .bind("now", now.toEpochMilli())
                .mapTo(String.class)
                .list());
    }

    /**
     * A consumer's account as it is at that moment, grants that have expired taken off; empty when it has none. Locks nothing,
     * and so reads all of it in one statement.
     */
    Optional<CreditAccount> find(Handle handle, String consumer, Instant now) {
        var open = new ArrayList<Purse>();
        var found = handle.createQuery("""
                        SELECT a.*, g.id, g.remaining, g.expires_at
                        FROM credit_accounts a LEFT JOIN grants g ON g.consumer = a.consumer AND g.remaining > 0
                        WHERE a.consumer = :consumer ORDER BY\s""" + burnOrder)
                .bind("consumer", consumer)
                .map((row, context) -> {
                    var purse = purse(row);
                    if (purse != null) {
                        open.add(purse);
                    }
                    return account(row, open, now);
                })
                .list();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var account = found.getLast(); // by then all grants have been read
        account.expired().forEach(account::expire);
        return Optional.of(account);
    }

    /** Notes that the operator was warned of a low balance, or that there is enough again. Returns false if somebody else has. */
    boolean setWarned(Handle handle, String consumer, boolean isLow, Instant now) {
        return isLow
                ? handle.execute(
                                "UPDATE credit_accounts SET warned_at = ? WHERE consumer = ? AND warned_at IS NULL",
                                now.toEpochMilli(),
                                consumer)
                        == 1
                : handle.execute(
                                "UPDATE credit_accounts SET warned_at = NULL WHERE consumer = ? AND warned_at IS NOT NULL",
                                consumer)
                        == 1;
    }

    /** Consumers that want to be warned, with whether they have been. */
    Map<String, Boolean> warned() {
        return database.read(handle -> {
            var warned = new LinkedHashMap<String, Boolean>();
            handle.createQuery(
                            "SELECT consumer, warned_at FROM credit_accounts WHERE warn_below IS NOT NULL ORDER BY consumer")
                    .map((row, context) -> warned.put(row.getString("consumer"), instant(row, "warned_at") != null))
                    .list();
            return warned;
        });
    }

    /** The newest transactions of a consumer, with their entries; at most so many. */
    List<LedgerTransaction> transactions(String consumer, int most) {
        return database.read(handle -> {
            var transactions = new LinkedHashMap<String, LedgerTransaction>();
            var entries = new HashMap<String, List<Entry>>();
            handle.createQuery("""
                            SELECT t.*, e.debit, e.credit, e.nanos AS moved
                            FROM (SELECT * FROM ledger_transactions WHERE consumer = :consumer
                                  ORDER BY at DESC, <id> DESC LIMIT :most) t
                                LEFT JOIN ledger_entries e ON e.transaction_id = t.id
                            ORDER BY t.at DESC, <id> DESC, e.leg
                            """)
                    .bind("consumer", consumer)
                    .bind("most", most)
                    .define("id", database.byBytes("id"))
                    .map((row, context) -> {
                        var id = row.getString("id");
                        if (row.getString("debit") != null) {
                            entries.computeIfAbsent(id, it -> new ArrayList<>())
                                    .add(new Entry(
                                            row.getString("debit"), row.getString("credit"), money(row, "moved")));
                        }
                        return transactions.put(id, transaction(row, entries.getOrDefault(id, List.of())));
                    })
                    .list();
            return List.copyOf(transactions.values());
        });
    }

    /** @param entries those of it, as far as they have been read */
    private static LedgerTransaction transaction(ResultSet row, List<Entry> entries) throws SQLException {
        return new LedgerTransaction(
                row.getString("id"),
                row.getString("consumer"),
                LedgerTransaction.Kind.valueOf(row.getString("kind")),
                row.getString("sandbox"),
                money(row, "nanos"),
                Instant.ofEpochMilli(row.getLong("at")),
                row.getString("note"),
                entries);
    }

    private static Hold hold(ResultSet row) throws SQLException {
        return new Hold(
                row.getString("sandbox"),
                row.getString("consumer"),
                money(row, "remaining"),
                money(row, "captured"),
                Instant.ofEpochMilli(row.getLong("opened_at")),
                Instant.ofEpochMilli(row.getLong("expires_at")),
                instant(row, "closed_at"));
    }

    private static Money money(ResultSet row, String column) throws SQLException {
        return new Money(row.getLong(column));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }
}
