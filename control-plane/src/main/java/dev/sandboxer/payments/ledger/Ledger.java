package dev.sandboxer.payments.ledger;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.CreditAccount.GrantBalance;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import dev.sandboxer.payments.ledger.LedgerTransaction.Kind;
import dev.sandboxer.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The credits of all consumers, in double entry. Each command has an id: a repeated command changes nothing, and another command with the
 * same id is a {@code CONFLICT}. Commands for one consumer run one after the other: each locks the consumer's account before it writes
 * anything else, which also avoids deadlocks. Thread-safe.
 */
public final class Ledger {
    private final Database database;
    private final LedgerListener listener;
    private final AccountStore accounts;
    private final GrantStore grants;
    private final HoldStore holdRows;
    private final TransactionStore transactions;
    private final Balances balances;
    private final Journal journal;
    private final Holds holds;

    /** Creates a ledger without a listener. */
    public Ledger(Database database, InstantSource clock) {
        this(database, LedgerListener.NONE, clock);
    }

    /** @param listener receives the changes that belong on the bill */
    public Ledger(Database database, LedgerListener listener, InstantSource clock) {
        this.listener = listener;
        this.database = database;
        this.accounts = new AccountStore(database);
        this.grants = new GrantStore(database);
        this.holdRows = new HoldStore(database);
        this.transactions = new TransactionStore(database);
        this.balances = new Balances(database, accounts, clock);
        this.journal = new Journal(accounts, holdRows, transactions, listener, clock);
        this.holds = new Holds(database, holdRows, journal, balances);
    }

    /**
     * Gives credits. They pay the consumer's overdraft at once.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if the amount is not above zero, or the grant would have expired already
     */
    public void grant(Grant.Request request) {
        if (!request.amount().isPositive()) {
            throw invalid("a grant must be above zero");
        }
        database.write(handle -> {
            var account = journal.lock(handle, request.consumer());
            var transaction = journal.transaction(
                    "grant:" + request.id(), request.consumer(), Kind.GRANT, null, request.amount(), request.note());
            if (!journal.begin(handle, transaction)) {
                requireSame(request, grants.find(handle, request.id()).orElseThrow());
                return;
            }
            if (request.expiresAt() != null && !request.expiresAt().isAfter(account.now())) {
                throw invalid("the grant would have expired already; name a later time");
            }
            listener.granted(handle, give(handle, account, transaction, request, CreditAccount.ISSUED));
        });
    }

    private static void requireSame(Grant.Request request, Grant before) {
        if (before.kind() != request.kind()
                || before.priority() != request.priority()
                || !Objects.equals(before.expiresAt(), truncated(request.expiresAt()))) {
            throw Journal.conflict("grant", request.id());
        }
    }

    /** @param from account that the credits come from */
    private Grant give(
            Handle handle, CreditAccount account, LedgerTransaction transaction, Grant.Request request, String from) {
        var grant = new Grant(
                request.id(),
                request.consumer(),
                request.kind(),
                request.amount(),
                request.amount(),
                request.priority(),
                transaction.at(),
                truncated(request.expiresAt()),
                request.note());
        if (!grants.insert(handle, grant)) {
            throw Journal.conflict("grant", request.id());
        }
        var entries = account.grant(new GrantBalance(grant.id(), grant.amount().nanos(), grant.expiresAt()), from);
        journal.payOverdraft(handle, account, transaction, entries);
        journal.complete(handle, account, transaction, entries);
        return grant;
    }

    /**
     * Sets aside what a sandbox may cost from now on. If the sandbox has a hold already, the hold is changed to this amount.
     *
     * @param id of the command
     * @param amount the most that can be captured from the hold; zero = hold nothing
     * @param expiresAt when {@link #releaseOverdue} may release the hold; may differ in a repeated command
     * @throws SandboxException {@code INSUFFICIENT_CREDITS}; then nothing is written
     */
    public void hold(Handle handle, String id, String consumer, String sandbox, Money amount, Instant expiresAt) {
        holds.hold(handle, id, consumer, sandbox, amount, expiresAt);
    }

    /**
     * Captures the cost of what sandboxes have used: from their holds first, then from their consumers' other credits, even beyond the
     * credit limit, since the use has already happened.
     *
     * @param captures for any number of consumers; a repeated capture captures nothing more
     * @return the part of each capture that was drawn from grants, by id; without the repeated captures
     */
    public Map<String, Money> capture(Handle handle, List<Capture> captures) {
        var prepaid = new HashMap<String, Money>();
        var byConsumer = new TreeMap<String, List<Capture>>(); // sorted, so that no two transactions deadlock
        for (Capture capture : captures) {
            if (capture.amount().isZero()) {
                prepaid.put(capture.id(), Money.ZERO);
            } else {
                byConsumer
                        .computeIfAbsent(capture.consumer(), it -> new ArrayList<>())
                        .add(capture);
            }
        }
        byConsumer.forEach((consumer, some) -> prepaid.putAll(capture(handle, consumer, some)));
        return prepaid;
    }

    private Map<String, Money> capture(Handle handle, String consumer, List<Capture> captures) {
        var account = journal.lock(handle, consumer);
        var begun = journal.begin(handle, captures);
        var parts = holdRows.parts(
                handle,
                consumer,
                begun.stream().map(Capture::sandbox).distinct().toList());
        var work = new CaptureBatch(account, parts);
        begun.forEach(work::take);
        transactions.insertEntries(handle, work.entries());
        holdRows.changeParts(handle, work.changes());
        holdRows.capture(handle, consumer, work.captured());
        accounts.addSpent(handle, consumer, work.spent());
        accounts.save(handle, account);
        return work.prepaid();
    }

    /**
     * Releases a sandbox's hold and gives the rest of it back.
     *
     * @param id of the command
     * @return the amount given back; zero if nothing was held
     */
    public Money release(Handle handle, String id, String sandbox, String note) {
        return holds.release(handle, id, sandbox, note, hold -> true).orElse(Money.ZERO);
    }

    /**
     * Releases the hold of a sandbox that will never end by itself.
     *
     * @return what was given back
     * @throws SandboxException {@code UNKNOWN_SANDBOX} if the sandbox has no open hold
     */
    public Money releaseByHand(String sandbox, String note) {
        return holds.releaseByHand(sandbox, note);
    }

    /**
     * Releases expired holds, and books the expiry of grants.
     *
     * @param hasEnded takes a sandbox id; returns true if that sandbox has ended. The hold of a running sandbox is kept: it only seems
     *     overdue if the clock was set forward
     * @return the number of released holds
     */
    public int releaseOverdue(Predicate<String> hasEnded) {
        int released = holds.releaseOverdue(hasEnded);
        grants.consumersWithExpiredGrants(journal.now())
                .forEach(consumer -> database.write(handle -> journal.lock(handle, consumer)));
        return released;
    }

    /**
     * Corrects captured use: gives an amount back as a grant that never expires, or captures more.
     *
     * @param id chosen by the caller
     * @param sandbox whose use is corrected; null = no particular one
     * @param amount above zero = given back; below zero = captured
     * @param note the reason, which is on the bill
     * @throws SandboxException {@code INVALID_ARGUMENT} if the amount is zero, or above what was captured
     */
    public void correct(
            Handle handle, String id, String consumer, @Nullable String sandbox, Money amount, String note) {
        if (amount.isZero()) {
            throw invalid("a correction must not be zero");
        }
        var account = journal.lock(handle, consumer);
        var transaction = journal.transaction("correction:" + id, consumer, Kind.CORRECTION, sandbox, amount, note);
        if (!journal.begin(handle, transaction)) {
            return;
        }
        if (amount.isNegative()) {
            captureMore(handle, account, transaction);
        } else {
            giveBack(handle, account, transaction);
        }
    }

    private void captureMore(Handle handle, CreditAccount account, LedgerTransaction correction) {
        var entries = new ArrayList<Entry>();
        long prepaid = account.captureUnheld(-correction.amount().nanos(), entries).stream()
                .filter(part -> !part.source().equals(CreditAccount.CREDIT))
                .mapToLong(CreditAccount.Part::nanos)
                .sum();
        journal.complete(handle, account, correction, entries);
        listener.corrected(handle, correction, new Money(-prepaid));
    }

    private void giveBack(Handle handle, CreditAccount account, LedgerTransaction correction) {
        var consumer = correction.consumer();
        var amount = correction.amount();
        var consumed = new Money(account.totals().consumed());
        if (amount.compareTo(consumed) > 0) {
            throw invalid("consumer " + consumer + " has used only " + consumed
                    + ", so no more can be given back; grant the rest: sandboxer credits grant " + consumer
                    + " AMOUNT");
        }
        var request =
                new Grant.Request(correction.id(), consumer, Grant.Kind.CORRECTION, amount, 0, null, correction.note());
        give(handle, account, correction, request, CreditAccount.CONSUMED);
        listener.corrected(handle, correction, amount);
    }

    /** Like {@link #correct(Handle, String, String, String, Money, String)}, in a transaction of its own. */
    public void correct(String id, String consumer, @Nullable String sandbox, Money amount, String note) {
        database.write(handle -> correct(handle, id, consumer, sandbox, amount, note));
    }

    /** Changes the terms of a consumer. Held amounts stay held. */
    public void changeTerms(String consumer, UnaryOperator<CreditTerms> change) {
        database.write(handle -> {
            var account = journal.lock(handle, consumer);
            accounts.setTerms(handle, consumer, change.apply(account.terms()));
        });
    }

    /** Returns the credits of a consumer. */
    public Balance balance(String consumer) {
        return balances.of(consumer);
    }

    /** Returns the credits of a consumer, read in a transaction. */
    public Balance balance(Handle handle, String consumer) {
        return balances.of(handle, consumer);
    }

    /**
     * Returns the balances that have fallen below {@link CreditTerms#warnBelow}. Each is returned only once until it has risen above it
     * again.
     */
    public List<Balance> newlyLow() {
        return balances.newlyLow();
    }

    /** Returns the consumers that have an account, sorted by name. */
    public List<String> consumers() {
        return accounts.consumers();
    }

    /** Returns all grants of a consumer in the order in which they are used, including used and expired ones. */
    public List<Grant> grants(String consumer) {
        var now = journal.now();
        return grants.all(consumer).stream()
                .map(grant -> grant.hasExpired(now) ? grant.withRemaining(Money.ZERO) : grant)
                .toList();
    }

    /** Returns the hold of a sandbox, open or not; empty if there never was one. */
    public Optional<Hold> hold(String sandbox) {
        return holdRows.find(sandbox);
    }

    /** Like {@link #hold(String)}, read in a transaction. */
    public Optional<Hold> hold(Handle handle, String sandbox) {
        return holdRows.find(handle, sandbox);
    }

    /**
     * Returns open holds, oldest first.
     *
     * @param consumer null = all consumers
     */
    public List<Hold> openHolds(@Nullable String consumer) {
        return holdRows.open(consumer);
    }

    /** Returns up to {@code most} transactions of a consumer, newest first. */
    public List<LedgerTransaction> transactions(String consumer, int most) {
        return transactions.newest(consumer, most);
    }

    /** Truncates to milliseconds, the precision of rows. */
    private static @Nullable Instant truncated(@Nullable Instant instant) {
        return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS);
    }

    private static SandboxException invalid(String message) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
