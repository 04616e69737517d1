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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The credits of all consumers, in double entry. Each command has an id: the same command again changes nothing, another command
 * with that id is a {@code CONFLICT}. Commands for one consumer happen one after the other: each locks the consumer's account
 * before it writes anything else, so that no two wait for each other. Thread-safe.
 */
public final class Ledger {
    private static final int RELEASES_AT_ONCE = 200;

    private final Database database;
    private final LedgerListener listener;
    private final LedgerStore rows;
    private final InstantSource clock;

    /** A ledger that nobody listens to. */
    public Ledger(Database database, InstantSource clock) {
        this(database, LedgerListener.NONE, clock);
    }

    /** @param listener is told what belongs on the bill */
    public Ledger(Database database, LedgerListener listener, InstantSource clock) {
        this.listener = listener;
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
        if (!request.amount().isPositive()) {
            throw invalid("a grant has to be above zero");
        }
        database.write(handle -> {
            var now = now();
            var account = lock(handle, request.consumer(), now);
            var transaction = transaction(
                    "grant:" + request.id(), request.consumer(), Kind.GRANT, null, request.amount(), request.note());
            if (!begin(handle, transaction)) {
                requireSame(request, rows.grant(handle, request.id()).orElseThrow());
                return;
            }
            if (request.expiresAt() != null && !request.expiresAt().isAfter(now)) {
                throw invalid("the grant would have expired already; name a later time");
            }
            listener.granted(handle, give(handle, account, transaction, request, CreditAccount.ISSUED));
        });
    }

    private static void requireSame(Grant.Request request, Grant before) {
        if (before.kind() != request.kind()
                || before.priority() != request.priority()
                || !Objects.equals(before.expiresAt(), truncated(request.expiresAt()))) {
            throw conflict("grant", request.id());
        }
    }

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
        if (!rows.insert(handle, grant)) {
            throw conflict("grant", request.id());
        }
        var entries = account.grant(new Purse(grant.id(), grant.amount().nanos(), grant.expiresAt()), from);
        payWhatIsOwed(handle, account, transaction, entries);
        finish(handle, account, transaction, entries);
        return grant;
    }

    /** What was taken beyond all grants is paid as soon as there is something again. */
    private void payWhatIsOwed(
            Handle handle, CreditAccount account, LedgerTransaction transaction, List<Entry> entries) {
        if (account.canPay()) {
            var payment = account.pay(rows.heldOnCredit(handle, account.consumer()), entries);
            rows.changeParts(handle, payment.changes());
            if (payment.used() > 0) {
                listener.paid(handle, transaction, new Money(payment.used()));
            }
        }
    }

    /**
     * Sets aside what a sandbox may cost from now on. One that holds more or less already is changed to that amount.
     *
     * @param id of the command
     * @param amount what can be captured afterwards; zero = nothing is held
     * @param expiresAt when it is released, whatever becomes of the sandbox; may differ when the command is given again
     * @throws SandboxException {@code INSUFFICIENT_CREDITS}; then nothing is written
     */
    public void hold(Handle handle, String id, String consumer, String sandbox, Money amount, Instant expiresAt) {
        if (amount.isNegative()) {
            throw invalid("a hold can't be negative");
        }
        if (amount.isZero() && rows.hold(handle, sandbox).isEmpty()) {
            return;
        }
        var account = lock(handle, consumer, now());
        var transaction = transaction(id, consumer, Kind.HOLD, sandbox, amount, "");
        var hold = rows.hold(handle, sandbox)
                .orElseGet(
                        () -> new Hold(sandbox, consumer, Money.ZERO, Money.ZERO, transaction.at(), expiresAt, null));
        requireOwner(hold, consumer);
        var more = amount.minus(hold.remaining());
        if (more.isPositive()) {
            var refusal = refusal(handle, account, more);
            if (refusal.isPresent()) {
                requireReplay(handle, transaction, refusal.get());
                return;
            }
        }
        if (begin(handle, transaction)) {
            var entries = new ArrayList<Entry>();
            change(handle, account, transaction, more.nanos(), entries);
            rows.saveHold(
                    handle, new Hold(sandbox, consumer, amount, hold.captured(), hold.openedAt(), expiresAt, null));
            finish(handle, account, transaction, entries);
        }
    }

    private static void requireOwner(Hold hold, String consumer) {
        if (!hold.consumer().equals(consumer)) {
            throw new SandboxException(
                    ErrorCode.CONFLICT, "the hold of sandbox " + hold.sandbox() + " belongs to another consumer");
        }
    }

    private void change(
            Handle handle, CreditAccount account, LedgerTransaction transaction, long more, List<Entry> entries) {
        if (more > 0) {
            var sandbox = Objects.requireNonNull(transaction.sandbox());
            rows.changeParts(handle, Map.of(sandbox, sources(account.hold(more, entries))));
        } else if (more < 0) {
            giveBack(handle, account, transaction, -more, entries);
        }
    }

    private static Map<String, Long> sources(List<CreditAccount.Part> parts) {
        var sources = new LinkedHashMap<String, Long>();
        parts.forEach(part -> sources.merge(part.source(), part.nanos(), Math::addExact));
        return sources;
    }

    /** What would have been used last goes back first. */
    private void giveBack(
            Handle handle, CreditAccount account, LedgerTransaction transaction, long nanos, List<Entry> entries) {
        var sandbox = Objects.requireNonNull(transaction.sandbox());
        var parts = rows.parts(handle, account.consumer(), List.of(sandbox)).getOrDefault(sandbox, List.of());
        var returned = new ArrayDeque<HeldPart>(); // in the order of use, in which it pays what is owed
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
            account.putBack(part.part(part.remaining()), part.from(), entries);
            changes.put(part.source(), -part.remaining());
        }
        rows.changeParts(handle, Map.of(sandbox, changes));
        payWhatIsOwed(handle, account, transaction, entries);
    }

    /** Why it can't have that much; empty when it can. */
    private Optional<SandboxException> refusal(Handle handle, CreditAccount account, Money more) {
        var balance = balance(handle, account);
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
        var fresh = fresh(handle, captures);
        var parts = rows.parts(
                handle,
                consumer,
                fresh.stream().map(Capture::sandbox).distinct().toList());
        var work = new CaptureWork(account, parts);
        fresh.forEach(work::take);
        rows.insertEntries(handle, work.entries());
        rows.changeParts(handle, work.changes());
        rows.capture(handle, consumer, work.captured());
        rows.addSpent(handle, consumer, work.spent());
        rows.save(handle, account);
        return work.prepaid();
    }

    /** Those that were not taken before. */
    private List<Capture> fresh(Handle handle, List<Capture> captures) {
        var transactions = captures.stream()
                .map(it -> transaction(it.id(), it.consumer(), Kind.CAPTURE, it.sandbox(), it.amount(), ""))
                .toList();
        var inserted = rows.insert(handle, transactions);
        var fresh = new ArrayList<Capture>();
        for (int i = 0; i < inserted.length; i++) {
            if (inserted[i]) {
                fresh.add(captures.get(i));
            } else {
                requireSame(handle, transactions.get(i));
            }
        }
        return fresh;
    }

    /**
     * Gives back what is left of a sandbox's hold.
     *
     * @param id of the command
     * @return what was given back; zero when nothing was held
     */
    public Money release(Handle handle, String id, String sandbox, String note) {
        return release(handle, id, sandbox, note, hold -> true).orElse(Money.ZERO);
    }

    /** Releases an open hold if it is wanted, seen while nobody else can change it. */
    private Optional<Money> release(Handle handle, String id, String sandbox, String note, Predicate<Hold> isWanted) {
        var seen = rows.hold(handle, sandbox).filter(Hold::isOpen);
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        var account = lock(handle, seen.get().consumer(), now());
        var open = rows.hold(handle, sandbox).filter(Hold::isOpen).filter(isWanted);
        if (open.isEmpty()) {
            return Optional.empty();
        }
        var hold = open.get();
        var transaction = transaction(id, hold.consumer(), Kind.RELEASE, sandbox, hold.remaining(), note);
        if (!begin(handle, transaction)) {
            return Optional.empty();
        }
        var entries = new ArrayList<Entry>();
        change(handle, account, transaction, -hold.remaining().nanos(), entries);
        rows.saveHold(
                handle,
                new Hold(
                        sandbox,
                        hold.consumer(),
                        Money.ZERO,
                        hold.captured(),
                        hold.openedAt(),
                        hold.expiresAt(),
                        transaction.at()));
        finish(handle, account, transaction, entries);
        return Optional.of(hold.remaining());
    }

    /**
     * Releases a hold by hand, of a sandbox that will never end by itself.
     *
     * @throws SandboxException {@code UNKNOWN_SANDBOX} when nothing is held for it
     */
    public Money releaseByHand(String sandbox, String note) {
        return database.transaction(handle -> release(
                        handle, freshId("release:" + sandbox), sandbox, note, hold -> true)
                .orElseThrow(() -> new SandboxException(
                        ErrorCode.UNKNOWN_SANDBOX,
                        "nothing is held for sandbox " + sandbox + "; list open holds with: sandboxer credits holds")));
    }

    /**
     * Releases holds whose time is over, and expires grants.
     *
     * @param isOver whether a sandbox has ended, by id: after the clock was set forward, the hold of one that runs only seems to be
     *     overdue
     * @return how many holds it has released
     */
    public int releaseOverdue(Predicate<String> isOver) {
        int released = 0;
        var overdue = rows.overdueHolds(now(), RELEASES_AT_ONCE);
        for (String sandbox : overdue.stream().filter(isOver).toList()) {
            var id = freshId("release:" + sandbox);
            var given = database.transaction(handle -> release(
                    handle, id, sandbox, "overdue", hold -> !hold.expiresAt().isAfter(now())));
            released += given.isPresent() ? 1 : 0;
        }
        rows.withExpiredGrants(now()).forEach(consumer -> database.write(handle -> lock(handle, consumer, now())));
        return released;
    }

    /**
     * Corrects what was captured: gives an amount back, as a grant that never expires, or takes more.
     *
     * @param id of one's own choice
     * @param amount above zero: it is given back; below zero: it is taken
     * @param note why; it stands on the bill
     * @throws SandboxException {@code INVALID_ARGUMENT} when the amount is zero, or more is to be given back than was captured
     */
    public void correct(
            Handle handle, String id, String consumer, @Nullable String sandbox, Money amount, String note) {
        if (amount.isZero()) {
            throw invalid("a correction has to be another amount than zero");
        }
        var account = lock(handle, consumer, now());
        var transaction = transaction("correction:" + id, consumer, Kind.CORRECTION, sandbox, amount, note);
        if (!begin(handle, transaction)) {
            return;
        }
        if (amount.isNegative()) {
            var entries = new ArrayList<Entry>();
            long prepaid = account.captureBeyond(-amount.nanos(), entries).stream()
                    .filter(part -> !part.source().equals(CreditAccount.CREDIT))
                    .mapToLong(CreditAccount.Part::nanos)
                    .sum();
            finish(handle, account, transaction, entries);
            listener.corrected(handle, transaction, new Money(-prepaid));
            return;
        }
        var consumed = new Money(account.totals().consumed());
        if (amount.compareTo(consumed) > 0) {
            throw invalid(
                    "consumer " + consumer + " has used " + consumed + ", no more can be given back; grant the rest:"
                            + " sandboxer credits grant " + consumer + " AMOUNT");
        }
        var request = new Grant.Request(transaction.id(), consumer, Grant.Kind.CORRECTION, amount, 0, null, note);
        give(handle, account, transaction, request, CreditAccount.CONSUMED);
        listener.corrected(handle, transaction, amount);
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
            rows.setTerms(handle, consumer, change.apply(account.terms()));
        });
    }

    /** A consumer's grants, in the order in which they are used, used ones too. */
    public List<Grant> grants(String consumer) {
        var now = now();
        return rows.grants(consumer).stream()
                .map(grant -> grant.hasExpired(now) ? grant.withRemaining(Money.ZERO) : grant)
                .toList();
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
            if (isLow != warned && database.transaction(handle -> rows.setWarned(handle, consumer, isLow, now()))) {
                if (isLow) {
                    low.add(balance);
                }
            }
        });
        return low;
    }

    /** Locks a consumer's credits, and expires the grants whose time is up. */
    private CreditAccount lock(Handle handle, String consumer, Instant now) {
        var account = rows.lock(handle, consumer, usualTerms(consumer), now);
        for (Purse purse : account.expired()) {
            var amount = new Money(purse.remaining());
            var transaction = transaction(freshId("expiry:" + purse.grant()), consumer, Kind.EXPIRY, null, amount, "");
            begin(handle, transaction);
            finish(handle, account, transaction, List.of(account.expire(purse)));
        }
        return account;
    }

    /** Returns false if the same command was given before. */
    private boolean begin(Handle handle, LedgerTransaction transaction) {
        if (rows.insert(handle, List.of(transaction))[0]) {
            return true;
        }
        requireSame(handle, transaction);
        return false;
    }

    private void requireSame(Handle handle, LedgerTransaction transaction) {
        var before = rows.find(handle, transaction.id()).orElseThrow();
        if (!transaction.repeats(before)) {
            throw conflict(before.kind().text(), transaction.id());
        }
    }

    private void requireReplay(Handle handle, LedgerTransaction transaction, SandboxException otherwise) {
        if (rows.find(handle, transaction.id()).isEmpty()) {
            throw otherwise;
        }
        requireSame(handle, transaction);
    }

    private static SandboxException conflict(String what, String id) {
        return new SandboxException(
                ErrorCode.CONFLICT, "the ledger has another " + what + " with the id " + id + "; use another id");
    }

    /** The id of something that is never done again. */
    private static String freshId(String prefix) {
        return prefix + ":" + UUID.randomUUID();
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

    /** As the rows have it. */
    private static @Nullable Instant truncated(@Nullable Instant instant) {
        return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS);
    }

    private static SandboxException invalid(String message) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
