package dev.sandboxer.payments.metering;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Meter;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one sandbox has used in a span of time within one UTC hour.
 *
 * @param end exclusive
 * @param costs what its consumer pays, by meter; empty = not known
 */
record UsageWindow(String sandbox, Instant start, Instant end, Map<Meter, Money> costs) {
    UsageWindow {
        costs = Collections.unmodifiableMap(costs.isEmpty() ? new EnumMap<>(Meter.class) : new EnumMap<>(costs));
    }

    /**
     * Prices a span as the difference of what was used until its end and until its beginning, each rounded once: so all windows
     * of a sandbox sum up to what all its time costs.
     *
     * @param before for how many milliseconds it had been measured
     * @param after and with this window
     */
    static UsageWindow of(SandboxMeter meter, Instant start, Instant end, long before, long after) {
        var subject = meter.subject();
        var costs = new EnumMap<Meter, Money>(Meter.class);
        for (Meter priced : subject.tariff().prices().keySet()) {
            var until = subject.tariff().billed(priced, subject.size(), after).orElseThrow();
            var since = before == 0
                    ? Money.ZERO
                    : subject.tariff().billed(priced, subject.size(), before).orElseThrow();
            costs.put(priced, until.minus(since));
        }
        return new UsageWindow(subject.sandbox(), start, end, costs);
    }

    long millis() {
        return Duration.between(start, end).toMillis();
    }

    /** Zero too when the costs are not known. */
    Money sum() {
        return costs.values().stream().reduce(Money.ZERO, Money::plus);
    }

    boolean isPriced() {
        return !costs.isEmpty();
    }
}
