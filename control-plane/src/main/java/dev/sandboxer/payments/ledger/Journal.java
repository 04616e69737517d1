package dev.sandboxer.payments.ledger;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.CreditAccount.GrantBalance;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import dev.sandboxer.payments.ledger.LedgerTransaction.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Locks accounts, and writes each transaction once. A command locks the account, {@link #begin}s its transaction, changes the account and
 * {@link #complete}s the transaction with the entries. Thread-safe.
 */
final class Journal {
    private final AccountStore accounts;
    private final HoldStore holds;
    private final TransactionStore transactions;
    private final LedgerListener listener;
    private final InstantSource clock;

    Journal(
            AccountStore accounts,
            HoldStore holds,
            TransactionStore transactions,
            LedgerListener listener,
            InstantSource clock) {
        this.accounts = accounts;
        this.holds = holds;
        this.transactions = transactions;
        this.listener = listener;
        this.clock = clock;
    }

    /** Returns the current time in whole milliseconds, the precision of rows. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Returns an id that is never used again. */
    static String uniqueId(String prefix) {
        return prefix + ":" + UUID.randomUUID();
    }

    /** Returns a transaction with the current time and no entries. */
    LedgerTransaction transaction(
            String id, String consumer, Kind kind, @Nullable String sandbox, Money amount, String note) {
        return new LedgerTransaction(id, consumer, kind, sandbox, amount, now(), note, List.of());
    }

    /** Locks a consumer's account until the database transaction ends, and books the expiry of its grants. */
    CreditAccount lock(Handle handle, String consumer) {
        var account = accounts.lock(handle, consumer, CreditTerms.defaultsOf(consumer), now());
        for (GrantBalance grant : account.expired()) {
            var amount = new Money(grant.remaining());
            var transaction = transaction(uniqueId("expiry:" + grant.id()), consumer, Kind.EXPIRY, null, amount, "");
            begin(handle, transaction);
            complete(handle, account, transaction, List.of(account.expire(grant)));
        }
        return account;
    }

    /**
     * Writes a transaction, still without its entries.
     *
     * @return false if the same command was given before
     * @throws SandboxException {@code CONFLICT} if another command had this id
     */
    boolean begin(Handle handle, LedgerTransaction transaction) {
        if (transactions.insert(handle, List.of(transaction))[0]) {
            return true;
        }
        requireSame(handle, transaction);
        return false;
    }

    /**
     * Writes the transactions of captures, still without their entries.
     *
     * @return the captures that were not made before
     * @throws SandboxException {@code CONFLICT} if another command has already used one of the ids
     */
    List<Capture> begin(Handle handle, List<Capture> captures) {
        var all = captures.stream()
                .map(it -> transaction(it.id(), it.consumer(), Kind.CAPTURE, it.sandbox(), it.amount(), ""))
                .toList();
        var inserted = transactions.insert(handle, all);
        var added = new ArrayList<Capture>();
        for (int i = 0; i < inserted.length; i++) {
            if (inserted[i]) {
                added.add(captures.get(i));
            } else {
                requireSame(handle, all.get(i));
            }
        }
        return added;
    }

    /** Writes the entries of a transaction, and the account that they have changed. */
    void complete(Handle handle, CreditAccount account, LedgerTransaction transaction, List<Entry> entries) {
        transactions.insertEntries(handle, Map.of(transaction.id(), entries));
        accounts.save(handle, account);
    }

    /** Pays the overdraft of an account, as far as its grants allow. Called whenever a grant may have a balance again. */
    void payOverdraft(Handle handle, CreditAccount account, LedgerTransaction transaction, List<Entry> entries) {
        if (account.canPay()) {
            var payment = account.pay(holds.heldOnCredit(handle, account.consumer()), entries);
            holds.changeParts(handle, payment.changes());
            if (payment.used() > 0) {
                listener.paid(handle, transaction, new Money(payment.used()));
            }
        }
    }

    /**
     * Requires that the same command was given before.
     *
     * @param otherwise thrown if no command had this id
     * @throws SandboxException {@code CONFLICT} if another command had this id
     */
    void requireReplay(Handle handle, LedgerTransaction transaction, SandboxException otherwise) {
        if (transactions.find(handle, transaction.id()).isEmpty()) {
            throw otherwise;
        }
        requireSame(handle, transaction);
    }

    private void requireSame(Handle handle, LedgerTransaction transaction) {
        var before = transactions.find(handle, transaction.id()).orElseThrow();
        if (!transaction.repeats(before)) {
            throw conflict(before.kind().text(), transaction.id());
        }
    }

    static SandboxException conflict(String kind, String id) {
        return new SandboxException(
                ErrorCode.CONFLICT, "the ledger has another " + kind + " with the id " + id + "; use another id");
    }
}
