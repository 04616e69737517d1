package dev.sandboxer.payments.ledger;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import dev.sandboxer.payments.ledger.LedgerTransaction.Kind;
import dev.sandboxer.store.Database;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/** Opens, changes and releases the holds of sandboxes. Thread-safe. */
final class Holds {
    private static final int RELEASE_BATCH = 200;

    private final Database database;
    private final HoldStore rows;
    private final Journal journal;
    private final Balances balances;

    Holds(Database database, HoldStore rows, Journal journal, Balances balances) {
        this.database = database;
        this.rows = rows;
        this.journal = journal;
        this.balances = balances;
    }

    /** Does the work of {@link Ledger#hold(Handle, String, String, String, Money, Instant)}. */
    void hold(Handle handle, String id, String consumer, String sandbox, Money amount, Instant expiresAt) {
        if (amount.isNegative()) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "a hold can't be negative");
        }
        if (amount.isZero() && rows.find(handle, sandbox).isEmpty()) {
            return;
        }
        var account = journal.lock(handle, consumer);
        var transaction = journal.transaction(id, consumer, Kind.HOLD, sandbox, amount, "");
        var hold = rows.find(handle, sandbox)
                .orElseGet(
                        () -> new Hold(sandbox, consumer, Money.ZERO, Money.ZERO, transaction.at(), expiresAt, null));
        requireOwner(hold, consumer);
        var more = amount.minus(hold.remaining());
        if (more.isPositive()) {
            var refusal = refusal(handle, account, more);
            if (refusal.isPresent()) {
                journal.requireReplay(handle, transaction, refusal.get());
                return;
            }
        }
        if (journal.begin(handle, transaction)) {
            var entries = new ArrayList<Entry>();
            change(handle, account, transaction, more.nanos(), entries);
            rows.save(handle, new Hold(sandbox, consumer, amount, hold.captured(), hold.openedAt(), expiresAt, null));
            journal.complete(handle, account, transaction, entries);
        }
    }

    private static void requireOwner(Hold hold, String consumer) {
        if (!hold.consumer().equals(consumer)) {
            throw new SandboxException(
                    ErrorCode.CONFLICT, "the hold of sandbox " + hold.sandbox() + " belongs to another consumer");
        }
    }

    /** Returns the failure of a hold that the consumer can't cover; empty if it can. */
    private Optional<SandboxException> refusal(Handle handle, CreditAccount account, Money more) {
        var balance = balances.of(handle, account);
        var available = balance.available();
        if (available == null || more.compareTo(available) <= 0) {
            return Optional.empty();
        }
        var consumer = account.consumer();
        var budget = balance.terms().budget();
        if (budget != null && balance.isBoundByBudget()) {
            return Optional.of(new SandboxException(
                    ErrorCode.INSUFFICIENT_CREDITS,
                    "consumer " + consumer + " has " + available.max(Money.ZERO) + " left of its budget of "
                            + budget.text() + " and needs " + more + "; raise it: sandboxer credits set " + consumer
                            + " --budget AMOUNT/" + budget.period().text()));
        }
        return Optional.of(new SandboxException(
                ErrorCode.INSUFFICIENT_CREDITS,
                "consumer " + consumer + " has " + available.max(Money.ZERO) + " available and needs " + more
                        + "; grant more: sandboxer credits grant " + consumer + " AMOUNT"));
    }

    /**
     * Changes the hold of the transaction's sandbox.
     *
     * @param more the amount to add, in nano-units; negative = the amount to release
     */
    private void change(
            Handle handle, CreditAccount account, LedgerTransaction transaction, long more, List<Entry> entries) {
        if (more > 0) {
            var sandbox = Objects.requireNonNull(transaction.sandbox());
            rows.changeParts(handle, Map.of(sandbox, bySource(account.hold(more, entries))));
        } else if (more < 0) {
            giveBack(handle, account, transaction, -more, entries);
        }
    }

    private static Map<String, Long> bySource(List<CreditAccount.Part> parts) {
        var sources = new LinkedHashMap<String, Long>();
        parts.forEach(part -> sources.merge(part.source(), part.nanos(), Math::addExact));
        return sources;
    }

    /** Gives back the parts that would have been captured last. */
    private void giveBack(
            Handle handle, CreditAccount account, LedgerTransaction transaction, long nanos, List<Entry> entries) {
        var sandbox = Objects.requireNonNull(transaction.sandbox());
        var parts = rows.parts(handle, account.consumer(), List.of(sandbox)).getOrDefault(sandbox, List.of());
        var returned = new ArrayDeque<HeldPart>(); // in the order of use, in which the overdraft is paid
        long left = nanos;
        for (HeldPart part : parts.reversed()) {
            long back = Math.min(left, part.remaining());
            if (back > 0) {
                returned.addFirst(new HeldPart(back, part.from()));
                left -= back;
            }
        }
        var changes = new LinkedHashMap<String, Long>();
        for (HeldPart part : returned) {
            account.giveBack(part.part(), part.from(), entries);
            changes.put(part.source(), -part.remaining());
        }
        rows.changeParts(handle, Map.of(sandbox, changes));
        journal.payOverdraft(handle, account, transaction, entries);
    }

    /**
     * Releases the open hold of a sandbox.
     *
     * @param condition checked while the account is locked
     * @return the amount given back; empty if nothing was released
     */
    Optional<Money> release(Handle handle, String id, String sandbox, String note, Predicate<Hold> condition) {
        var seen = rows.find(handle, sandbox).filter(Hold::isOpen);
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        var account = journal.lock(handle, seen.get().consumer());
        var open = rows.find(handle, sandbox).filter(Hold::isOpen).filter(condition);
        if (open.isEmpty()) {
            return Optional.empty();
        }
        var hold = open.get();
        var transaction = journal.transaction(id, hold.consumer(), Kind.RELEASE, sandbox, hold.remaining(), note);
        if (!journal.begin(handle, transaction)) {
            return Optional.empty();
        }
        var entries = new ArrayList<Entry>();
        change(handle, account, transaction, -hold.remaining().nanos(), entries);
        rows.save(handle, hold.closed(transaction.at()));
        journal.complete(handle, account, transaction, entries);
        return Optional.of(hold.remaining());
    }

    /** Does the work of {@link Ledger#releaseByHand}. */
    Money releaseByHand(String sandbox, String note) {
        return database.transaction(handle -> release(
                        handle, Journal.uniqueId("release:" + sandbox), sandbox, note, hold -> true)
                .orElseThrow(() -> new SandboxException(
                        ErrorCode.UNKNOWN_SANDBOX,
                        "nothing is held for sandbox " + sandbox + "; list open holds with: sandboxer credits holds")));
    }

    /**
     * Releases the expired holds of sandboxes that have ended, at most 200.
     *
     * @param hasEnded takes a sandbox id; returns true if that sandbox has ended
     * @return the number of released holds
     */
    int releaseOverdue(Predicate<String> hasEnded) {
        int released = 0;
        var overdue = rows.overdue(journal.now(), RELEASE_BATCH);
        for (String sandbox : overdue.stream().filter(hasEnded).toList()) {
            var id = Journal.uniqueId("release:" + sandbox);
            var given = database.transaction(handle -> release(
                    handle, id, sandbox, "overdue", hold -> !hold.expiresAt().isAfter(journal.now())));
            released += given.isPresent() ? 1 : 0;
        }
        return released;
    }
}
