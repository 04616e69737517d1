package dev.sandboxer.payments.ledger;

import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.CreditAccount.Purse;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import dev.sandboxer.payments.ledger.LedgerTransaction.Kind;
import dev.sandboxer.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The credits of all consumers, in double entry. Each command has an id: the same command again changes nothing, another command
 * with that id is a {@code CONFLICT}. Commands for one consumer happen one after the other. Thread-safe.
 */
public final class Ledger {
    private static final int RELEASES_AT_ONCE = 200;

    private final Database database;
    private final LedgerStore rows;
    private final InstantSource clock;

    public Ledger(Database database, InstantSource clock) {
        this.database = database;
        this.rows = new LedgerStore(database);
        this.clock = clock;
    }

    /** How a consumer pays of whom nobody has said so: the command line's user as it likes, others in advance. */
    private static CreditTerms usualTerms(String consumer) {
        return consumer.equals(Consumers.LOCAL) ? CreditTerms.UNLIMITED : CreditTerms.PREPAID;
    }

    /**
     * Gives credits. What the consumer owes is paid from them at once.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when the amount is not above zero, or the grant would have expired
     *     already
     */
    public void grant(Grant.Request request) {
        database.write(handle -> grant(handle, request, CreditAccount.ISSUED, Kind.GRANT));
    }

    private void grant(Handle handle, Grant.Request request, String from, Kind kind) {
        var now = now();
        if (!request.amount().isPositive()) {
            throw invalid("a grant has to be above zero");
        }
        if (request.expiresAt() != null && !request.expiresAt().isAfter(now)) {
            throw invalid("the grant would have expired already; name a later time");
        }
        var transaction =
                transaction("grant:" + request.id(), request.consumer(), kind, null, request.amount(), request.note());
        if (!begin(handle, transaction)) {
            return;
        }
        var account = lock(handle, request.consumer(), now);
        rows.insertGrant(
                handle,
                new Grant(
                        request.id(),
                        request.consumer(),
                        request.kind(),
                        request.amount(),
                        request.amount(),
                        request.priority(),
                        now,
                        request.expiresAt(),
                        request.note()));
        var purse = new Purse(request.id(), request.amount().nanos(), request.expiresAt());
        finish(handle, account, transaction, account.grant(purse, from));
    }

    /**
     * Sets aside what a sandbox may cost from now on. One that holds more or less already is changed to that amount.
     *
     * @param id of the command
     * @param amount what can be captured afterwards; zero = nothing is held
     * @param expiresAt when it is released, whatever becomes of the sandbox
     * @throws SandboxException {@code INSUFFICIENT_CREDITS}
     */
    public void hold(Handle handle, String id, String consumer, String sandbox, Money amount, Instant expiresAt) {
        var before = rows.hold(handle, sandbox);
        if (before.isEmpty() && amount.isZero()) {
            return;
        }
        var transaction = transaction(id, consumer, Kind.HOLD, sandbox, amount, "");
        if (!begin(handle, transaction)) {
            return;
        }
        var now = now();
        var account = lock(handle, consumer, now);
        var hold = rows.hold(handle, sandbox)
                .orElseGet(() -> new Hold(sandbox, consumer, Money.ZERO, Money.ZERO, now, expiresAt, null));
        var entries = new ArrayList<Entry>();
        long more = amount.minus(hold.remaining()).nanos();
        if (more > 0) {
            requireAvailable(handle, account, new Money(more));
            rows.changeParts(handle, Map.of(sandbox, sources(account.hold(more, entries))));
        } else {
            giveBack(handle, account, sandbox, -more, entries);
        }
        rows.saveHold(handle, new Hold(sandbox, consumer, amount, hold.captured(), hold.openedAt(), expiresAt, null));
        finish(handle, account, transaction, entries);
    }

    private static Map<String, Long> sources(List<CreditAccount.Part> parts) {
        var sources = new LinkedHashMap<String, Long>();
        parts.forEach(part -> sources.merge(part.source(), part.nanos(), Math::addExact));
        return sources;
    }

    /** In the opposite order: what would have been used last goes back first. */
    private void giveBack(Handle handle, CreditAccount account, String sandbox, long nanos, List<Entry> entries) {
        var parts = new ArrayList<>(rows.parts(handle, List.of(sandbox)).getOrDefault(sandbox, List.of()));
        Collections.reverse(parts);
        var changes = new LinkedHashMap<String, Long>();
        long left = nanos;
        for (HeldPart part : parts) {
            long back = Math.min(left, part.remaining());
            if (back > 0) {
                account.putBack(part.part(back), part.from(), entries);
                changes.put(part.source(), -back);
                left -= back;
            }
        }
        rows.changeParts(handle, Map.of(sandbox, changes));
    }

    private void requireAvailable(Handle handle, CreditAccount account, Money more) {
        var balance = balance(handle, account);
        var available = balance.available();
        if (available == null || more.compareTo(available) <= 0) {
            return;
        }
        var consumer = account.consumer();
        var budget = balance.terms().budget();
        if (budget != null && balance.isBoundByBudget()) {
            throw new SandboxException(
                    ErrorCode.INSUFFICIENT_CREDITS,
                    "consumer " + consumer + " has " + available.max(Money.ZERO) + " left of its budget of "
                            + budget.text() + " and needs " + more + "; raise it: sandboxer credits set " + consumer
                            + " --budget AMOUNT/" + budget.period().text());
        }
        throw new SandboxException(
                ErrorCode.INSUFFICIENT_CREDITS,
                "consumer " + consumer + " has " + available.max(Money.ZERO) + " available and needs " + more
                        + "; grant more: sandboxer credits grant " + consumer + " AMOUNT");
    }

    /**
     * Takes what sandboxes have used: from their holds, and beyond these from all that their consumers have, also below their
     * limits, since it has been used already.
     *
     * @param captures for any number of consumers; those that were taken before take nothing more
     * @return how much of each was drawn from grants, by id; nothing for those that were taken before
     */
    public Map<String, Money> capture(Handle handle, List<Capture> captures) {
        var prepaid = new HashMap<String, Money>();
        var byConsumer =
                new TreeMap<String, List<Capture>>(); // in the same order everywhere: no two wait for each other
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
        var account = lock(handle, consumer, now());
        var fresh = captures.stream()
                .filter(capture -> begin(
                        handle,
                        transaction(capture.id(), consumer, Kind.CAPTURE, capture.sandbox(), capture.amount(), "")))
                .toList();
        var parts = rows.parts(
                handle, fresh.stream().map(Capture::sandbox).distinct().toList());
        var work = new CaptureWork(account, parts);
        fresh.forEach(work::take);
        rows.insertEntries(handle, work.entries());
        rows.changeParts(handle, work.changes());
        rows.capture(handle, work.captured());
        rows.addSpent(handle, consumer, work.spent());
        rows.save(handle, account);
        return work.prepaid();
    }

    /**
     * Gives back what is left of a sandbox's hold.
     *
     * @param id of the command
     * @return what was given back; zero when nothing was held
     */
    public Money release(Handle handle, String id, String sandbox, String note) {
        var hold = rows.hold(handle, sandbox);
        if (hold.isEmpty() || hold.get().closedAt() != null) {
            return Money.ZERO;
        }
        var now = now();
        var consumer = hold.get().consumer();
        var account = lock(handle, consumer, now);
        var current = rows.hold(handle, sandbox).orElseThrow();
        if (current.closedAt() != null) {
            return Money.ZERO;
        }
        var transaction = transaction(id, consumer, Kind.RELEASE, sandbox, current.remaining(), note);
        if (!begin(handle, transaction)) {
            return Money.ZERO;
        }
        var entries = new ArrayList<Entry>();
        giveBack(handle, account, sandbox, current.remaining().nanos(), entries);
        rows.saveHold(
                handle,
                new Hold(
                        sandbox,
                        consumer,
                        Money.ZERO,
                        current.captured(),
                        current.openedAt(),
                        current.expiresAt(),
                        now));
        finish(handle, account, transaction, entries);
        return current.remaining();
    }

    /**
     * Releases a hold by hand, of a sandbox that will never end by itself.
     *
     * @throws SandboxException {@code UNKNOWN_SANDBOX} when nothing is held for it
     */
    public Money releaseByHand(String sandbox, String note) {
        return database.transaction(handle -> {
            var hold = rows.hold(handle, sandbox).filter(it -> it.closedAt() == null);
            if (hold.isEmpty()) {
                throw new SandboxException(
                        ErrorCode.UNKNOWN_SANDBOX,
                        "nothing is held for sandbox " + sandbox + "; list open holds with: sandboxer credits holds");
            }
            var id = "release:" + sandbox + ":by-hand:" + now().toEpochMilli();
            return release(handle, id, sandbox, note);
        });
    }

    /** Releases holds whose time is over, and expires grants. Returns how many holds it has released. */
    public int releaseOverdue() {
        int released = 0;
        for (String sandbox : rows.overdueHolds(now(), RELEASES_AT_ONCE)) {
            released += database.transaction(handle -> {
                                var hold = rows.hold(handle, sandbox).orElseThrow();
                                return hold.closedAt() == null
                                                && !hold.expiresAt().isAfter(now())
                                        ? release(
                                                handle,
                                                "release:" + sandbox + ":overdue:" + now().toEpochMilli(),
                                                sandbox,
                                                "overdue")
                                        : Money.ZERO;
                            })
                            .isZero()
                    ? 0
                    : 1;
        }
        rows.withExpiredGrants(now())
                .forEach(consumer -> database.write(handle -> rows.save(handle, lock(handle, consumer, now()))));
        return released;
    }

    /**
     * Corrects what was captured: gives an amount back, as a grant that never expires, or takes more.
     *
     * @param id of one's own choice
     * @param amount above zero: it is given back; below zero: it is taken
     * @param note why; it stands on the bill
     */
    public void correct(
            Handle handle, String id, String consumer, @Nullable String sandbox, Money amount, String note) {
        if (amount.isZero()) {
            throw invalid("a correction has to be another amount than zero");
        }
        if (amount.isPositive()) {
            var request = new Grant.Request(id, consumer, Grant.Kind.CORRECTION, amount, 0, null, note);
            grant(handle, request, CreditAccount.CONSUMED, Kind.CORRECTION);
            return;
        }
        var transaction = transaction("correction:" + id, consumer, Kind.CORRECTION, sandbox, amount, note);
        if (begin(handle, transaction)) {
            var account = lock(handle, consumer, now());
            var entries = new ArrayList<Entry>();
            account.captureBeyond(-amount.nanos(), entries);
            finish(handle, account, transaction, entries);
        }
    }

    /** {@link #correct(Handle, String, String, String, Money, String)} in a transaction of its own. */
    public void correct(String id, String consumer, @Nullable String sandbox, Money amount, String note) {
        database.write(handle -> correct(handle, id, consumer, sandbox, amount, note));
    }

    /** A consumer's credits as they are. */
    public Balance balance(String consumer) {
        return database.read(handle -> balance(handle, consumer));
    }

    /** {@link #balance(String)} in a transaction. */
    public Balance balance(Handle handle, String consumer) {
        return rows.find(handle, consumer, now())
                .map(account -> balance(handle, account))
                .orElseGet(() -> Balance.empty(consumer, usualTerms(consumer)));
    }

    private Balance balance(Handle handle, CreditAccount account) {
        var totals = account.totals();
        var budget = account.terms().budget();
        var spent = budget == null
                ? Money.ZERO
                : rows.spent(
                        handle,
                        account.consumer(),
                        budget.period().begin(clock.instant()).toEpochDay());
        return new Balance(
                account.consumer(),
                account.terms(),
                new Money(totals.granted()),
                account.balance(),
                new Money(totals.held()),
                new Money(totals.consumed()),
                new Money(totals.expired()),
                spent);
    }

    /** Consumers that have credits or have spent some, by name. */
    public List<String> consumers() {
        return rows.consumers();
    }

    /** Changes how a consumer pays. What is held stays held. */
    public void changeTerms(String consumer, UnaryOperator<CreditTerms> change) {
        database.write(handle -> {
            var account = lock(handle, consumer, now());
            rows.save(handle, account); // grants that have expired by now
            rows.setTerms(handle, consumer, change.apply(account.terms()));
        });
    }

    /** A consumer's grants, in the order in which they are used, used ones too. */
    public List<Grant> grants(String consumer) {
        return rows.grants(consumer);
    }

    /** What was set aside for a sandbox; empty when nothing ever was. */
    public Optional<Hold> hold(String sandbox) {
        return rows.hold(sandbox);
    }

    /** {@link #hold(String)} in a transaction. */
    public Optional<Hold> hold(Handle handle, String sandbox) {
        return rows.hold(handle, sandbox);
    }

    /**
     * Open holds, oldest first.
     *
     * @param consumer null = everybody's
     */
    public List<Hold> openHolds(@Nullable String consumer) {
        return rows.openHolds(consumer);
    }

    /** The newest transactions of a consumer first; at most so many. */
    public List<LedgerTransaction> transactions(String consumer, int most) {
        return rows.transactions(consumer, most);
    }

    /** Balances that have fallen below the mark at which their operators want to be warned; each is told once. */
    public List<Balance> newlyLow() {
        var low = new ArrayList<Balance>();
        rows.warned().forEach((consumer, warned) -> {
            var balance = balance(consumer);
            var available = balance.available();
            var mark = balance.terms().warnBelow();
            boolean isLow = available != null && mark != null && available.compareTo(mark) < 0;
            if (isLow != warned) {
                database.write(handle -> rows.setWarned(handle, consumer, isLow ? now() : null));
                if (isLow) {
                    low.add(balance);
                }
            }
        });
        return low;
    }

    /** Locks a consumer's credits. Grants whose time is up are expired first. */
    private CreditAccount lock(Handle handle, String consumer, Instant now) {
        var account = rows.lock(handle, consumer, usualTerms(consumer), now);
        for (Purse purse : account.expired()) {
            var amount = new Money(purse.remaining());
            var transaction = transaction(
                    "expiry:" + purse.grant() + ":" + now.toEpochMilli(), consumer, Kind.EXPIRY, null, amount, "");
            if (begin(handle, transaction)) {
                rows.insertEntries(handle, Map.of(transaction.id(), List.of(account.expire(purse))));
            }
        }
        return account;
    }

    /** Returns false if the same command was given before. */
    private boolean begin(Handle handle, LedgerTransaction transaction) {
        if (rows.insert(handle, transaction)) {
            return true;
        }
        var before = rows.find(handle, transaction.id()).orElseThrow();
        if (before.kind() == transaction.kind()
                && before.consumer().equals(transaction.consumer())
                && before.amount().equals(transaction.amount())
                && before.note().equals(transaction.note())) {
            return false;
        }
        throw new SandboxException(
                ErrorCode.CONFLICT,
                "the ledger has another " + before.kind().text() + " with the id " + transaction.id()
                        + "; use another id");
    }

    private void finish(Handle handle, CreditAccount account, LedgerTransaction transaction, List<Entry> entries) {
        rows.insertEntries(handle, Map.of(transaction.id(), entries));
        rows.save(handle, account);
    }

    private LedgerTransaction transaction(
            String id, String consumer, Kind kind, @Nullable String sandbox, Money amount, String note) {
        return new LedgerTransaction(id, consumer, kind, sandbox, amount, now(), note, List.of());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static SandboxException invalid(String message) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
