package dev.sandboxer.payments.metering;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.bill.ChargeLine.Cost;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.MeteredUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The sum of one sandbox's usage windows within one UTC hour.
 *
 * @param hour beginning of the UTC hour
 * @param start of the first window
 * @param end of the last window
 * @param costs by meter; empty = not known
 * @param prepaid the part of the costs that was drawn from grants
 */
record HourlyUsage(
        String sandbox,
        Instant hour,
        Instant start,
        Instant end,
        MeteredUsage use,
        Map<Meter, Money> costs,
        Money prepaid) {
    HourlyUsage {
        costs = costs.isEmpty() ? Map.of() : new EnumMap<>(costs);
    }

    /**
     * Returns the hour's lines of the bill: one for each meter that has a price, or if prices are not known, for CPU, memory and the GPU.
     * Network meters have a line only if there are bytes, with or without a price.
     */
    List<ChargeLine> lines(Subject subject) {
        var lines = new ArrayList<ChargeLine>();
        var left = prepaid;
        for (Meter meter : Meter.values()) {
            if (!isOnBill(meter, subject)) {
                continue;
            }
            var billed = costs.isEmpty() ? null : costs.getOrDefault(meter, Money.ZERO);
            var drawn = billed == null ? Money.ZERO : billed.min(left);
            left = left.minus(drawn);
            var cost = billed == null ? Cost.UNKNOWN : new Cost(billed, drawn);
            lines.add(line(subject, meter, hour, start, end, use, cost));
        }
        return lines;
    }

    private boolean isOnBill(Meter meter, Subject subject) {
        return switch (meter) {
            case CPU, MEMORY -> costs.isEmpty() || costs.containsKey(meter);
            case GPU -> costs.isEmpty() ? subject.size().gpu() != null : costs.containsKey(meter);
            case NETWORK_IN -> use.network().in() > 0;
            case NETWORK_OUT -> use.network().out() > 0;
            case CREATION, PLATFORM_FEE -> costs.containsKey(meter);
        };
    }

    /** Returns the line of one meter. */
    static ChargeLine line(
            Subject subject, Meter meter, Instant hour, Instant start, Instant end, MeteredUsage use, Cost cost) {
        return new ChargeLine(
                subject.sandbox() + ":" + hour.getEpochSecond() + ":" + meter.text(),
                subject,
                meter,
                start,
                end,
                meter.quantity(subject.size(), use),
                cost);
    }

    /** Adds the next window to the last hour of the list, or appends a new hour. */
    static void add(List<HourlyUsage> hours, UsageWindow window) {
        var hour = SandboxMeter.hour(window.start());
        if (!hours.isEmpty() && hours.getLast().hour().equals(hour)) {
            hours.add(hours.removeLast().plus(window));
        } else {
            hours.add(new HourlyUsage(
                    window.sandbox(), hour, window.start(), window.end(), window.use(), window.costs(), Money.ZERO));
        }
    }

    private HourlyUsage plus(UsageWindow window) {
        var sums = new EnumMap<Meter, Money>(Meter.class);
        sums.putAll(costs);
        window.costs().forEach((meter, cost) -> sums.merge(meter, cost, Money::plus));
        return new HourlyUsage(sandbox, hour, start, window.end(), use.plus(window.use()), sums, prepaid);
    }
}
