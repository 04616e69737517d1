package dev.sandboxer.payments.metering;

import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.MeteredUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The use of one sandbox in a span of time within one UTC hour.
 *
 * @param start inclusive
 * @param end exclusive
 * @param network bytes received and sent
 * @param costs cost to the consumer by meter; empty = not known
 */
record UsageWindow(String sandbox, Instant start, Instant end, NetworkBytes network, Map<Meter, Money> costs) {
    UsageWindow {
        costs = Collections.unmodifiableMap(costs.isEmpty() ? new EnumMap<>(Meter.class) : new EnumMap<>(costs));
    }

    /**
     * Prices a window as the cost of all use up to its end, less the cost of all use up to its start, each rounded once. So the windows
     * of a sandbox sum up to the cost of all its use, however it is divided into windows.
     *
     * @param before all use before the window
     * @param after all use including the window
     */
    static UsageWindow of(SandboxMeter meter, Instant start, Instant end, MeteredUsage before, MeteredUsage after) {
        var subject = meter.subject();
        var costs = new EnumMap<Meter, Money>(Meter.class);
        for (Meter priced : subject.tariff().prices().keySet()) {
            if (priced == Meter.CREATION && before.millis() > 0) {
                continue; // the first window has it; a price of 0 here would put a creation on the bill of every hour
            }
            var until = subject.tariff().billed(priced, subject.size(), after).orElseThrow();
            var since = before.millis() == 0
                    ? Money.ZERO
                    : subject.tariff().billed(priced, subject.size(), before).orElseThrow();
            costs.put(priced, until.minus(since));
        }
        var network = after.network().minus(before.network());
        return new UsageWindow(subject.sandbox(), start, end, network, costs);
    }

    long millis() {
        return Duration.between(start, end).toMillis();
    }

    MeteredUsage use() {
        return new MeteredUsage(millis(), network);
    }

    /** Returns the sum of the costs; zero if they are not known. */
    Money cost() {
        return costs.values().stream().reduce(Money.ZERO, Money::plus);
    }

    boolean isPriced() {
        return !costs.isEmpty();
    }
}
