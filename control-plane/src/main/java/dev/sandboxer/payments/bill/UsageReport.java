package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.Decimals;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Meter;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sums up usage by group. Keeps the groups in memory, not the lines. Not thread-safe.
 *
 * <p>Lines must be added in the order of their sandboxes: a sandbox is counted when it differs from the one before.
 */
public final class UsageReport {
    /**
     * The usage of one group.
     *
     * @param group null = the lines without the tag, or everything
     * @param sandboxes number of sandboxes; one sandbox may count in several groups
     * @param quantities in the units of the meters; unused meters are absent
     * @param billed what the consumers pay us, from credits or not
     * @param backendEstimate cost by the backends' price lists, even if consumers pay the backends
     */
    public record Row(
            @Nullable String group,
            long sandboxes,
            Map<Meter, BigDecimal> quantities,
            Amount billed,
            Amount backendEstimate) {
        public Row {
            var sorted = new EnumMap<Meter, BigDecimal>(Meter.class);
            sorted.putAll(quantities);
            quantities = Collections.unmodifiableMap(sorted);
        }

        /** Returns the used quantity of a meter, in its unit. */
        public BigDecimal quantity(Meter meter) {
            return quantities.getOrDefault(meter, BigDecimal.ZERO);
        }
    }

    /**
     * A sum in the billing currency, parts of which may be unknown.
     *
     * @param known sum of the known parts; null = no part is known
     * @param complete false if parts are unknown, so that the whole sum may be larger
     */
    public record Amount(@Nullable BigDecimal known, boolean complete) {}

    private final GroupBy groupBy;
    private final Map<Optional<String>, Sums> groups = new HashMap<>();
    private final Sums total = new Sums();

    public UsageReport(GroupBy groupBy) {
        this.groupBy = groupBy;
    }

    /** @throws IllegalArgumentException if the line's sandbox sorts before that of the line before */
    public void add(ChargeLine line) {
        groups.computeIfAbsent(groupBy.key(line), any -> new Sums()).add(line);
        total.add(line);
    }

    /** Returns one row for each group, sorted by name; the row without a name is the last. */
    public List<Row> rows() {
        return groups.entrySet().stream()
                .map(entry -> entry.getValue().row(entry.getKey().orElse(null)))
                .sorted(Comparator.comparing(Row::group, Comparator.nullsLast(Comparator.naturalOrder())))
                .toList();
    }

    /** Returns the sum of all lines. A sandbox that is in several groups counts once. */
    public Row total() {
        return total.row(null);
    }

    private static final class Sums {
        private final EnumMap<Meter, BigDecimal> quantities = new EnumMap<>(Meter.class);
        private final Sum billed = new Sum();
        private final Sum backendEstimate = new Sum();
        private long sandboxes;
        private String lastSandbox = "";

        void add(ChargeLine line) {
            var sandbox = line.subject().sandbox();
            int order = sandbox.compareTo(lastSandbox);
            if (order < 0) {
                throw new IllegalArgumentException("not sorted by sandbox: " + sandbox + " after " + lastSandbox);
            }
            if (order > 0) {
                sandboxes++;
                lastSandbox = sandbox;
            }
            quantities.merge(line.meter(), line.quantity(), BigDecimal::add);
            billed.add(Optional.ofNullable(line.cost().billed()).map(Money::amount));
            backendEstimate.add(line.backendCost());
        }

        Row row(@Nullable String group) {
            var plain = new EnumMap<Meter, BigDecimal>(Meter.class);
            quantities.forEach((meter, quantity) -> plain.put(meter, Decimals.plain(quantity)));
            return new Row(group, sandboxes, plain, billed.amount(), backendEstimate.amount());
        }
    }

    private static final class Sum {
        private BigDecimal known = BigDecimal.ZERO;
        private long knownParts;
        private long unknownParts;

        void add(Optional<BigDecimal> part) {
            if (part.isPresent()) {
                known = known.add(part.get());
                knownParts++;
            } else {
                unknownParts++;
            }
        }

        Amount amount() {
            return new Amount(knownParts == 0 && unknownParts > 0 ? null : Decimals.plain(known), unknownParts == 0);
        }
    }
}
