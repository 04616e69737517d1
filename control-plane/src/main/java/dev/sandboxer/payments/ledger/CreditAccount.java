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
 * One consumer's credits, locked and in memory, while a transaction changes them. It remembers what has moved, for the rows.
 * Used by one thread.
 */
final class CreditAccount {
    static final String ISSUED = "issued";
    static final String HELD = "held";
    static final String CONSUMED = "consumed";
    static final String EXPIRED = "expired";

    /** The source of what is taken beyond all grants. */
    static final String CREDIT = "";

    private final String consumer;
    private final CreditTerms terms;
    private final Instant now;
    private final Map<String, Purse> purses = new LinkedHashMap<>();
    private final Map<String, Long> changes = new LinkedHashMap<>();
    private Totals totals;

    /**
     * What the account's row sums up, in nano-units.
     *
     * @param overdraft what was taken beyond its grants
     */
    record Totals(long granted, long overdraft, long held, long consumed, long expired) {}

    /**
     * What is left of a grant.
     *
     * @param expiresAt null = never
     */
    record Purse(String grant, long remaining, @Nullable Instant expiresAt) {
        boolean hasExpired(Instant now) {
            return expiresAt != null && !now.isBefore(expiresAt);
        }

        Purse plus(long more) {
            return new Purse(grant, Math.addExact(remaining, more), expiresAt);
        }
    }

    /**
     * What was taken from one source.
     *
     * @param source a grant, or {@link #CREDIT}
     */
    record Part(String source, long nanos) {}

    /** @param open its grants of which something is left, in the order in which they are used */
    CreditAccount(String consumer, CreditTerms terms, Totals totals, List<Purse> open, Instant now) {
        this.consumer = consumer;
        this.terms = terms;
        this.totals = totals;
        this.now = now;
        open.forEach(purse -> purses.put(purse.grant(), purse));
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

    /** By how much what is left of grants has changed since this was asked before. */
    Map<String, Long> takeChanges() {
        var taken = Map.copyOf(changes);
        changes.clear();
        return taken;
    }

    /** What is neither held, nor consumed, nor expired. */
    Money balance() {
        long sum = -totals.overdraft();
        for (Purse purse : purses.values()) {
            sum = Math.addExact(sum, purse.remaining());
        }
        return new Money(sum);
    }

    /** Grants whose time is up, of which something is left. */
    List<Purse> expired() {
        return purses.values().stream()
                .filter(purse -> purse.remaining() > 0 && purse.hasExpired(now))
                .toList();
    }

    /** What is left of that grant is lost. */
    Entry expire(Purse purse) {
        change(purse, -purse.remaining());
        totals = new Totals(
                totals.granted(),
                totals.overdraft(),
                totals.held(),
                totals.consumed(),
                Math.addExact(totals.expired(), purse.remaining()));
        return entry(name(purse.grant()), EXPIRED, purse.remaining());
    }

    /** Adds a grant. */
    List<Entry> grant(Purse purse, String from) {
        var entries = new ArrayList<Entry>();
        purses.put(purse.grant(), purse);
        entries.add(entry(from, name(purse.grant()), purse.remaining()));
        long given = from.equals(ISSUED) ? purse.remaining() : 0;
        long back = from.equals(CONSUMED) ? purse.remaining() : 0;
        totals = new Totals(
                Math.addExact(totals.granted(), given),
                totals.overdraft(),
                totals.held(),
                Math.subtractExact(totals.consumed(), back),
                totals.expired());
        return entries;
    }

    /** Returns true if it owes something, and has something to pay it with. */
    boolean canPay() {
        return totals.overdraft() > 0
                && purses.values().stream().anyMatch(purse -> purse.remaining() > 0 && !purse.hasExpired(now));
    }

    /**
     * Pays what was taken beyond all grants: first what was used, then what is held.
     *
     * @param onCredit what is in holds and came from {@link #CREDIT}, by sandbox
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
     * What was paid from grants.
     *
     * @param used of what sandboxes have used, in nano-units
     * @param changes by how much what sources have in holds has changed: by sandbox, then by source
     */
    record Payment(long used, Map<String, Map<String, Long>> changes) {}

    private List<Part> payFromGrants(long nanos, List<Entry> entries) {
        var parts = takeFromGrants(nanos);
        for (Part part : parts) {
            addOverdraft(-part.nanos());
            entries.add(entry(name(part.source()), name(CREDIT), part.nanos()));
        }
        return parts;
    }

    /** Sets an amount aside. The caller has looked whether there is enough. */
    List<Part> hold(long nanos, List<Entry> entries) {
        var parts = take(nanos);
        for (Part part : parts) {
            entries.add(entry(name(part.source()), HELD, part.nanos()));
        }
        addHeld(nanos);
        return parts;
    }

    /**
     * Gives back what was set aside. What came from a grant that has expired since is lost.
     *
     * @param from the grant; null for {@link #CREDIT}
     */
    void putBack(Part part, @Nullable Purse from, List<Entry> entries) {
        addHeld(-part.nanos());
        if (from == null) {
            addOverdraft(-part.nanos());
            entries.add(entry(HELD, name(CREDIT), part.nanos()));
        } else if (from.hasExpired(now)) {
            totals = new Totals(
                    totals.granted(),
                    totals.overdraft(),
                    totals.held(),
                    totals.consumed(),
                    Math.addExact(totals.expired(), part.nanos()));
            entries.add(entry(HELD, EXPIRED, part.nanos()));
        } else {
            change(purses.getOrDefault(from.grant(), from), part.nanos());
            entries.add(entry(HELD, name(from.grant()), part.nanos()));
        }
    }

    /** Takes what was set aside. */
    void capture(long nanos, List<Entry> entries) {
        addHeld(-nanos);
        addConsumed(nanos);
        entries.add(entry(HELD, CONSUMED, nanos));
    }

    /** Takes what was not set aside, also beyond the limit: it has been used already. */
    List<Part> captureBeyond(long nanos, List<Entry> entries) {
        var parts = take(nanos);
        for (Part part : parts) {
            entries.add(entry(name(part.source()), CONSUMED, part.nanos()));
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

    /** As much as there is. */
    private List<Part> takeFromGrants(long nanos) {
        var parts = new ArrayList<Part>();
        long left = nanos;
        for (Purse purse : List.copyOf(purses.values())) {
            long taken = purse.hasExpired(now) ? 0 : Math.min(left, purse.remaining());
            if (taken > 0) {
                change(purse, -taken);
                parts.add(new Part(purse.grant(), taken));
                left -= taken;
            }
        }
        return parts;
    }

    private void change(Purse purse, long by) {
        purses.put(purse.grant(), purse.plus(by));
        changes.merge(purse.grant(), by, Math::addExact);
    }

    private void addHeld(long by) {
        totals = new Totals(
                totals.granted(),
                totals.overdraft(),
                Math.addExact(totals.held(), by),
                totals.consumed(),
                totals.expired());
    }

    private void addConsumed(long by) {
        totals = new Totals(
                totals.granted(),
                totals.overdraft(),
                totals.held(),
                Math.addExact(totals.consumed(), by),
                totals.expired());
    }

    private void addOverdraft(long by) {
        totals = new Totals(
                totals.granted(),
                Math.addExact(totals.overdraft(), by),
                totals.held(),
                totals.consumed(),
                totals.expired());
    }

    private static Entry entry(String debit, String credit, long nanos) {
        return new Entry(debit, credit, new Money(nanos));
    }

    private static String name(String source) {
        return source.equals(CREDIT) ? "credit" : "grant:" + source;
    }
}
