package dev.sandboxer.payments.metering;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.bill.ChargeLine.Cost;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.Meter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The windows of one sandbox within one UTC hour, summed up.
 *
 * @param hour its beginning
 * @param costs by meter; empty = not known
 * @param prepaid how much was drawn from grants
 */
record HourOfUse(
        String sandbox,
        Instant hour,
        Instant start,
        Instant end,
        long meteredMs,
        Map<Meter, Money> costs,
        Money prepaid) {
    HourOfUse {
        costs = costs.isEmpty() ? Map.of() : new EnumMap<>(costs);
    }

    /** Its lines of the bill: one for each meter that has a price, or that it uses while no price is known. */
    List<ChargeLine> lines(Subject subject) {
        var lines = new ArrayList<ChargeLine>();
        var left = prepaid;
        for (Meter meter : Meter.values()) {
            var billed = costs.get(meter);
            if (billed == null && !isUsed(meter, subject)) {
                continue;
            }
            var drawn = billed == null ? Money.ZERO : billed.min(left);
            left = left.minus(drawn);
            var cost = billed == null ? Cost.UNKNOWN : new Cost(billed, drawn);
            lines.add(line(subject, meter, hour, start, end, meteredMs, cost));
        }
        return lines;
    }

    private boolean isUsed(Meter meter, Subject subject) {
        return costs.isEmpty()
                && switch (meter) {
                    case CPU, MEMORY -> true;
                    case GPU -> subject.size().gpu() != null;
                    case CREATION, PLATFORM_FEE -> false;
                };
    }

    /** A line of the bill. */
    static ChargeLine line(
            Subject subject, Meter meter, Instant hour, Instant start, Instant end, long meteredMs, Cost cost) {
        return new ChargeLine(
                subject.sandbox() + ":" + hour.getEpochSecond() + ":" + meter.text(),
                subject,
                meter,
                start,
                end,
                meter.quantity(subject.size(), meteredMs),
                cost);
    }

    /** Adds a window that follows to the last of those hours, or begins the next one with it. */
    static void add(List<HourOfUse> hours, UsageWindow window) {
        var hour = SandboxMeter.hour(window.start());
        if (!hours.isEmpty() && hours.getLast().hour().equals(hour)) {
            hours.add(hours.removeLast().plus(window));
        } else {
            hours.add(new HourOfUse(
                    window.sandbox(), hour, window.start(), window.end(), window.millis(), window.costs(), Money.ZERO));
        }
    }

    private HourOfUse plus(UsageWindow window) {
        var sums = new EnumMap<Meter, Money>(Meter.class);
        sums.putAll(costs);
        window.costs().forEach((meter, cost) -> sums.merge(meter, cost, Money::plus));
        return new HourOfUse(sandbox, hour, start, window.end(), meteredMs + window.millis(), sums, prepaid);
    }
}
