package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The credits of one consumer in memory, while a transaction locks and changes them. Collects the changes for {@link AccountStore} to
 * write. Not thread-safe.
 */
final class CreditAccount {
    static final String ISSUED = "issued";
    static final String HELD = "held";
    static final String CONSUMED = "consumed";
    static final String EXPIRED = "expired";

    /** The source of an amount that no grant covers. */
    static final String CREDIT = "";

    private final String consumer;
    private final CreditTerms terms;
    private final Instant now;
    private final Map<String, GrantBalance> grants = new LinkedHashMap<>();
    private final Map<String, Long> changes = new LinkedHashMap<>();
    private Totals totals;

    /**
     * The sums in the account's row, in nano-units.
     *
     * @param overdraft the amount taken beyond all grants and not yet paid by a later grant
     */
    record Totals(long granted, long overdraft, long held, long consumed, long expired) {}

    /**
     * The balance of one grant.
     *
     * @param remaining in nano-units
     * @param expiresAt null = never
     */
    record GrantBalance(String id, long remaining, @Nullable Instant expiresAt) {
        boolean hasExpired(Instant now) {
            return expiresAt != null && !now.isBefore(expiresAt);
        }

        GrantBalance plus(long more) {
            return new GrantBalance(id, Math.addExact(remaining, more), expiresAt);
        }
    }

    /**
     * An amount that was taken from one source.
     *
     * @param source id of a grant, or {@link #CREDIT}
     */
    record Part(String source, long nanos) {}

    /** @param open the grants that are not used up, in the order in which they are used */
    CreditAccount(String consumer, CreditTerms terms, Totals totals, List<GrantBalance> open, Instant now) {
        this.consumer = consumer;
        this.terms = terms;
        this.totals = totals;
        this.now = now;
        open.forEach(grant -> grants.put(grant.id(), grant));
    }

    /** Returns the time at which the account was read. Grants that have expired by then are not used. */
    Instant now() {
        return now;
    }

    String consumer() {
        return consumer;
    }

    CreditTerms terms() {
        return terms;
    }

    Totals totals() {
        return totals;
    }

    /** Returns the changes of the grants' balances since the last call, by grant. */
    Map<String, Long> takeChanges() {
        var taken = Map.copyOf(changes);
        changes.clear();
        return taken;
    }

    /** Returns the amount that is neither held, consumed nor expired; negative if the consumer owes us. */
    Money balance() {
        long sum = -totals.overdraft();
        for (GrantBalance grant : grants.values()) {
            sum = Math.addExact(sum, grant.remaining());
        }
        return new Money(sum);
    }

    /** Returns the expired grants that still have a balance. */
    List<GrantBalance> expired() {
        return grants.values().stream()
                .filter(grant -> grant.remaining() > 0 && grant.hasExpired(now))
                .toList();
    }

    /** Moves the balance of an expired grant to {@link #EXPIRED}. */
    Entry expire(GrantBalance grant) {
        change(grant, -grant.remaining());
        addExpired(grant.remaining());
        return entry(accountOf(grant.id()), EXPIRED, grant.remaining());
    }

    /** Adds a grant that comes from {@link #ISSUED}, or for a correction from {@link #CONSUMED}, and returns the entries. */
    List<Entry> grant(GrantBalance grant, String from) {
        var entries = new ArrayList<Entry>();
        grants.put(grant.id(), grant);
        entries.add(entry(from, accountOf(grant.id()), grant.remaining()));
        long given = from.equals(ISSUED) ? grant.remaining() : 0;
        long back = from.equals(CONSUMED) ? grant.remaining() : 0;
        add(given, 0, 0, -back, 0);
        return entries;
    }

    /** Returns true if there is an overdraft, and a grant to pay it from. */
    boolean canPay() {
        return totals.overdraft() > 0
                && grants.values().stream().anyMatch(grant -> grant.remaining() > 0 && !grant.hasExpired(now));
    }

    /**
     * Pays the overdraft from grants: first the part that was captured, then the part that is held.
     *
     * @param onCredit by sandbox, the part of its hold that came from {@link #CREDIT}
     */
    Payment pay(Map<String, Long> onCredit, List<Entry> entries) {
        long held = onCredit.values().stream().reduce(0L, Math::addExact);
        long used = payFromGrants(totals.overdraft() - held, entries).stream()
                .mapToLong(Part::nanos)
                .sum();
        var changes = new LinkedHashMap<String, Map<String, Long>>();
        onCredit.forEach((sandbox, nanos) -> {
            var sources = new LinkedHashMap<String, Long>();
            for (Part part : payFromGrants(nanos, entries)) {
                sources.put(part.source(), part.nanos());
                sources.merge(CREDIT, -part.nanos(), Math::addExact);
            }
            changes.put(sandbox, sources);
        });
        return new Payment(used, changes);
    }

    /**
     * A payment from grants.
     *
     * @param used the part for captured use, in nano-units
     * @param changes changes of the holds' parts: by sandbox, then by source
     */
    record Payment(long used, Map<String, Map<String, Long>> changes) {}

    private List<Part> payFromGrants(long nanos, List<Entry> entries) {
        var parts = takeFromGrants(nanos);
        for (Part part : parts) {
            addOverdraft(-part.nanos());
            entries.add(entry(accountOf(part.source()), accountOf(CREDIT), part.nanos()));
        }
        return parts;
    }

    /** Moves an amount into a hold. The caller has checked that enough is available. */
    List<Part> hold(long nanos, List<Entry> entries) {
        var parts = take(nanos);
        for (Part part : parts) {
            entries.add(entry(accountOf(part.source()), HELD, part.nanos()));
        }
        addHeld(nanos);
        return parts;
    }

    /**
     * Gives a part of a hold back to its source. If the source is a grant that has expired meanwhile, the part expires.
     *
     * @param from the grant; null for {@link #CREDIT}
     */
    void giveBack(Part part, @Nullable GrantBalance from, List<Entry> entries) {
        addHeld(-part.nanos());
        if (from == null) {
            addOverdraft(-part.nanos());
            entries.add(entry(HELD, accountOf(CREDIT), part.nanos()));
        } else if (from.hasExpired(now)) {
            addExpired(part.nanos());
            entries.add(entry(HELD, EXPIRED, part.nanos()));
        } else {
            change(grants.getOrDefault(from.id(), from), part.nanos());
            entries.add(entry(HELD, accountOf(from.id()), part.nanos()));
        }
    }

    /** Captures an amount from a hold. */
    void capture(long nanos, List<Entry> entries) {
        addHeld(-nanos);
        addConsumed(nanos);
        entries.add(entry(HELD, CONSUMED, nanos));
    }

    /** Captures an amount that is not held, even beyond the credit limit, since the use has already happened. */
    List<Part> captureUnheld(long nanos, List<Entry> entries) {
        var parts = take(nanos);
        for (Part part : parts) {
            entries.add(entry(accountOf(part.source()), CONSUMED, part.nanos()));
        }
        addConsumed(nanos);
        return parts;
    }

    private List<Part> take(long nanos) {
        var parts = takeFromGrants(nanos);
        long left = nanos - parts.stream().mapToLong(Part::nanos).sum();
        if (left > 0) {
            addOverdraft(left);
            parts.add(new Part(CREDIT, left));
        }
        return parts;
    }

    /** Takes the amount, or as much of it as the grants have. */
    private List<Part> takeFromGrants(long nanos) {
        var parts = new ArrayList<Part>();
        long left = nanos;
        for (GrantBalance grant : List.copyOf(grants.values())) {
            long taken = grant.hasExpired(now) ? 0 : Math.min(left, grant.remaining());
            if (taken > 0) {
                change(grant, -taken);
                parts.add(new Part(grant.id(), taken));
                left -= taken;
            }
        }
        return parts;
    }

    private void change(GrantBalance grant, long by) {
        grants.put(grant.id(), grant.plus(by));
        changes.merge(grant.id(), by, Math::addExact);
    }

    private void addOverdraft(long by) {
        add(0, by, 0, 0, 0);
    }

    private void addHeld(long by) {
        add(0, 0, by, 0, 0);
    }

    private void addConsumed(long by) {
        add(0, 0, 0, by, 0);
    }

    private void addExpired(long by) {
        add(0, 0, 0, 0, by);
    }

    private void add(long granted, long overdraft, long held, long consumed, long expired) {
        totals = new Totals(
                Math.addExact(totals.granted(), granted),
                Math.addExact(totals.overdraft(), overdraft),
                Math.addExact(totals.held(), held),
                Math.addExact(totals.consumed(), consumed),
                Math.addExact(totals.expired(), expired));
    }

    private static Entry entry(String debit, String credit, long nanos) {
        return new Entry(debit, credit, new Money(nanos));
    }

    private static String accountOf(String source) {
        return source.equals(CREDIT) ? "credit" : "grant:" + source;
    }
}
