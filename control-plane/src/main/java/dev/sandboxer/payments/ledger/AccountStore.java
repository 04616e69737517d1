package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.CreditAccount.GrantBalance;
import dev.sandboxer.payments.ledger.CreditAccount.Totals;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads and writes the accounts of consumers, in the tables {@code credit_accounts}, {@code grants} and {@code spent}. */
final class AccountStore {
    private final Database database;
    private final String orderOfUse;

    AccountStore(Database database) {
        this.database = database;
        this.orderOfUse = LedgerRow.orderOfUse(database);
    }

    /**
     * Locks a consumer's account until the transaction ends, and opens the account if the consumer has none.
     *
     * @param terms the terms of a new account
     */
    CreditAccount lock(Handle handle, String consumer, CreditTerms terms, Instant now) {
        return locked(handle, consumer, now).orElseGet(() -> {
            open(handle, consumer, terms);
            return locked(handle, consumer, now).orElseThrow();
        });
    }

    private Optional<CreditAccount> locked(Handle handle, String consumer, Instant now) {
        return handle.createQuery("UPDATE credit_accounts SET held = held WHERE consumer = :consumer RETURNING *")
                .bind("consumer", consumer)
                .map((row, context) -> account(row, unused(handle, consumer), now))
                .findOne();
    }

    private static CreditAccount account(ResultSet row, List<GrantBalance> open, Instant now) throws SQLException {
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

    /** Returns the grants that are not used up, in the order in which they are used. */
    private List<GrantBalance> unused(Handle handle, String consumer) {
        return handle.createQuery("SELECT g.id, g.remaining, g.expires_at FROM grants g"
                        + " WHERE g.consumer = :consumer AND g.remaining > 0 ORDER BY " + orderOfUse)
                .bind("consumer", consumer)
                .map((row, context) -> new GrantBalance(
                        row.getString("id"), row.getLong("remaining"), LedgerRow.instant(row, "expires_at")))
                .list();
    }

    /** Writes the totals of a locked account, and the changes of its grants. */
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

    /** Changes the terms of a consumer. */
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

    /**
     * Adds to the amounts that a consumer has spent.
     *
     * @param byDay nano-units by UTC day, counted from 1970
     */
    void addSpent(Handle handle, String consumer, Map<Long, Long> byDay) {
        byDay.forEach((day, nanos) -> handle.execute(
                "INSERT INTO spent (consumer, day, nanos) VALUES (?, ?, ?)"
                        + " ON CONFLICT (consumer, day) DO UPDATE SET nanos = spent.nanos + excluded.nanos",
                consumer,
                day,
                nanos));
    }

    /** Returns the amount that a consumer has spent since a UTC day, inclusive, as a number of days since 1970. */
    Money spent(Handle handle, String consumer, long sinceDay) {
        return new Money(handle.createQuery(
                        "SELECT coalesce(sum(nanos), 0) FROM spent WHERE consumer = :consumer AND day >= :day")
                .bind("consumer", consumer)
                .bind("day", sinceDay)
                .mapTo(Long.class)
                .one());
    }

    /** Returns the consumers that have an account, sorted by name. */
    List<String> consumers() {
        return database.read(handle -> handle.createQuery(
                        "SELECT consumer FROM credit_accounts ORDER BY " + database.byBytes("consumer"))
                .mapTo(String.class)
                .list());
    }

    /**
     * Returns a consumer's account as it is now, without expired grants; empty if there is none. Locks nothing, so it reads everything in
     * one statement.
     */
    Optional<CreditAccount> find(Handle handle, String consumer, Instant now) {
        var open = new ArrayList<GrantBalance>();
        var found = handle.createQuery("""
                        SELECT a.*, g.id, g.remaining, g.expires_at
                        FROM credit_accounts a LEFT JOIN grants g ON g.consumer = a.consumer AND g.remaining > 0
                        WHERE a.consumer = :consumer ORDER BY\s""" + orderOfUse)
                .bind("consumer", consumer)
                .map((row, context) -> {
                    var grant = LedgerRow.grantBalance(row);
                    if (grant != null) {
                        open.add(grant);
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

    /**
     * Records that the operator was warned of a low balance, or that the balance is no longer low.
     *
     * @return false if another process has already recorded it
     */
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

    /** Returns the consumers whose terms have a warning threshold; true = the operator has been warned. */
    Map<String, Boolean> warned() {
        return database.read(handle -> {
            var warned = new LinkedHashMap<String, Boolean>();
            handle.createQuery(
                            "SELECT consumer, warned_at FROM credit_accounts WHERE warn_below IS NOT NULL ORDER BY consumer")
                    .map((row, context) ->
                            warned.put(row.getString("consumer"), LedgerRow.instant(row, "warned_at") != null))
                    .list();
            return warned;
        });
    }
}
