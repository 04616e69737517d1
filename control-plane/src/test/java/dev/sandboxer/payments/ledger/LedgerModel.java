package dev.sandboxer.payments.ledger;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A simple model of the ledger for one consumer, in plain maps and nano-units. It shares no code with the ledger, knows neither ids of
 * commands nor rows, and recomputes everything in each step.
 */
final class LedgerModel {
    private static final String CREDIT = "";

    /** A grant, and the part of it that is not held or spent. */
    static final class Given {
        private final String id;
        private final int priority;
        private final Instant at;
        private final Instant until;
        private long left;

        private Given(String id, long amount, int priority, Instant at, @Nullable Instant until) {
            this.id = id;
            this.left = amount;
            this.priority = priority;
            this.at = at;
            this.until = until == null ? Instant.MAX : until;
        }
    }

    /** The hold of a sandbox, by the grant that it came from. */
    static final class Held {
        private final String sandbox;
        private final Instant since;
        private final Map<String, Long> from = new HashMap<>();
        private long captured;
        private Instant until = Instant.MAX;
        private boolean open = true;

        private Held(String sandbox, Instant since) {
            this.sandbox = sandbox;
            this.since = since;
        }

        long remaining() {
            return from.values().stream().mapToLong(it -> it).sum();
        }

        long captured() {
            return captured;
        }

        boolean isOpen() {
            return open;
        }

        Instant until() {
            return until;
        }
    }

    private final List<Given> grants = new ArrayList<>();
    private final Map<String, Held> holds = new TreeMap<>();
    private final Map<LocalDate, Long> spent = new HashMap<>();
    private Instant now;
    private @Nullable Long limit = 0L;
    private @Nullable Long dailyBudget;
    private long granted;
    private long debt;
    private long consumed;
    private long expired;

    LedgerModel(Instant now) {
        this.now = now;
    }

    void setTerms(@Nullable Long newLimit, @Nullable Long newDailyBudget) {
        limit = newLimit;
        dailyBudget = newDailyBudget;
    }

    /** Advances the time: grants expire, then expired holds are released. */
    void advance(Instant to) {
        now = to;
        for (Given grant : grants) {
            if (!grant.until.isAfter(now)) {
                expired += grant.left;
                grant.left = 0;
            }
        }
        holds.values().stream()
                .filter(hold -> hold.open && !hold.until.isAfter(now))
                .sorted(Comparator.<Held, Instant>comparing(hold -> hold.until).thenComparing(hold -> hold.sandbox))
                .forEach(hold -> release(hold.sandbox));
    }

    void grant(String id, long amount, int priority, @Nullable Instant until) {
        grants.add(new Given(id, amount, priority, now, until));
        granted += amount;
        payDebts();
    }

    /** Returns false if too little is available. */
    boolean hold(String sandbox, long amount, Instant until) {
        var hold = holds.get(sandbox);
        long more = amount - (hold == null ? 0 : hold.remaining());
        var available = available();
        if (more > 0 && available != null && more > available) {
            return false;
        }
        if (hold == null) {
            if (amount == 0) {
                return true;
            }
            hold = new Held(sandbox, now);
            holds.put(sandbox, hold);
        }
        hold.until = until;
        hold.open = true;
        if (more > 0) {
            var from = hold.from;
            draw(more).forEach((source, nanos) -> from.merge(source, nanos, Long::sum));
        } else {
            giveBack(hold, -more);
        }
        return true;
    }

    /** Returns the part that came from grants. */
    long capture(String sandbox, long amount, Instant at) {
        long left = amount;
        long prepaid = 0;
        var hold = holds.get(sandbox);
        if (hold != null) {
            hold.captured += amount;
            for (String source : inOrder(hold)) {
                long part = Math.min(left, hold.from.get(source));
                hold.from.merge(source, -part, Long::sum);
                left -= part;
                prepaid += source.equals(CREDIT) ? 0 : part;
                debt += source.equals(CREDIT) ? part : 0;
            }
        }
        var beyond = draw(left);
        debt += beyond.getOrDefault(CREDIT, 0L);
        prepaid += left - beyond.getOrDefault(CREDIT, 0L);
        consumed += amount;
        spent.merge(LocalDate.ofInstant(at, ZoneOffset.UTC), amount, Long::sum);
        return prepaid;
    }

    /** Returns what was given back. */
    long release(String sandbox) {
        var hold = holds.get(sandbox);
        if (hold == null || !hold.open) {
            return 0;
        }
        long remaining = hold.remaining();
        giveBack(hold, remaining);
        hold.open = false;
        return remaining;
    }

    /** Returns false if the amount is above what was used. */
    boolean correct(String id, long amount) {
        if (amount > consumed) {
            return false;
        }
        consumed -= amount;
        if (amount < 0) {
            debt += draw(-amount).getOrDefault(CREDIT, 0L);
        } else {
            grants.add(new Given("correction:" + id, amount, 0, now, null));
            payDebts();
        }
        return true;
    }

    private List<Given> inOrder() {
        return grants.stream()
                .sorted(Comparator.<Given>comparingInt(grant -> grant.priority)
                        .thenComparing(grant -> grant.until)
                        .thenComparing(grant -> grant.at)
                        .thenComparing(grant -> grant.id))
                .toList();
    }

    private List<String> inOrder(Held hold) {
        var sources = new ArrayList<String>();
        inOrder().forEach(grant -> sources.add(grant.id));
        sources.add(CREDIT);
        sources.retainAll(hold.from.keySet());
        return sources;
    }

    /** Takes from grants, then on credit. */
    private Map<String, Long> draw(long amount) {
        var parts = new HashMap<String, Long>();
        long left = amount;
        for (Given grant : inOrder()) {
            long part = Math.min(left, grant.left);
            grant.left -= part;
            left -= part;
            if (part > 0) {
                parts.put(grant.id, part);
            }
        }
        if (left > 0) {
            parts.put(CREDIT, left);
        }
        return parts;
    }

    private void giveBack(Held hold, long amount) {
        long left = amount;
        for (String source : inOrder(hold).reversed()) {
            long part = Math.min(left, hold.from.get(source));
            hold.from.merge(source, -part, Long::sum);
            left -= part;
            for (Given grant : grants) {
                if (grant.id.equals(source) && grant.until.isAfter(now)) {
                    grant.left += part;
                } else if (grant.id.equals(source)) {
                    expired += part;
                }
            }
        }
        payDebts();
    }

    /** Pays from grants what was used on credit, then what is held on credit, the oldest hold first. */
    private void payDebts() {
        for (Given grant : inOrder()) {
            long part = Math.min(debt, grant.left);
            debt -= part;
            grant.left -= part;
        }
        var oldestFirst = holds.values().stream()
                .sorted(Comparator.<Held, Instant>comparing(hold -> hold.since).thenComparing(hold -> hold.sandbox))
                .toList();
        for (Held hold : oldestFirst) {
            for (Given grant : inOrder()) {
                long part = Math.min(hold.from.getOrDefault(CREDIT, 0L), grant.left);
                if (part > 0) {
                    grant.left -= part;
                    hold.from.merge(CREDIT, -part, Long::sum);
                    hold.from.merge(grant.id, part, Long::sum);
                }
            }
        }
    }

    long balance() {
        long onCredit = holds.values().stream()
                .mapToLong(hold -> hold.from.getOrDefault(CREDIT, 0L))
                .sum();
        return grants.stream().mapToLong(grant -> grant.left).sum() - debt - onCredit;
    }

    /** Returns null if there is no limit. */
    @Nullable Long available() {
        var byCredit = limit == null ? null : (Long) (balance() + limit);
        if (dailyBudget == null) {
            return byCredit;
        }
        long byBudget = dailyBudget - spentToday() - held();
        return byCredit == null ? byBudget : Math.min(byCredit, byBudget);
    }

    private long spentToday() {
        return spent.getOrDefault(LocalDate.ofInstant(now, ZoneOffset.UTC), 0L);
    }

    long held() {
        return holds.values().stream().mapToLong(Held::remaining).sum();
    }

    long granted() {
        return granted;
    }

    long consumed() {
        return consumed;
    }

    long expired() {
        return expired;
    }

    /** Returns the balance of each grant as {@code id=nanos}, in the order of use. */
    List<String> left() {
        return inOrder().stream().map(grant -> grant.id + "=" + grant.left).toList();
    }

    Map<String, Held> holds() {
        return holds;
    }
}
