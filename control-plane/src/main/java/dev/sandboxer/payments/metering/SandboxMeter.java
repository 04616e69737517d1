package dev.sandboxer.payments.metering;

import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.MeteredUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The meter of one sandbox: its prices, and how far it has been measured and billed. Immutable.
 *
 * @param deadline the end of the chargeable time, since the backend has ended or paused the sandbox by then
 * @param meteredTo end of the measured time; null = the sandbox doesn't run
 * @param stopAt when the end or pause was requested, which also ends the chargeable time; null = neither was requested
 * @param metered all measured use
 * @param counted total bytes at the last reading; the next window charges those that are not measured yet
 * @param billFrom the first UTC hour with unbilled windows; null = none
 */
public record SandboxMeter(
        Subject subject,
        Instant deadline,
        @Nullable Instant meteredTo,
        @Nullable Instant stopAt,
        MeteredUsage metered,
        NetworkBytes counted,
        @Nullable Instant billFrom) {

    /** Returns the meter of a sandbox that doesn't run yet. */
    static SandboxMeter planned(Subject subject, Instant deadline) {
        return new SandboxMeter(subject, deadline, null, null, MeteredUsage.NONE, NetworkBytes.NONE, null);
    }

    /** Returns the meter of a sandbox that runs from this time on. */
    static SandboxMeter started(Subject subject, Instant at, Instant deadline) {
        return new SandboxMeter(subject, deadline, at, null, MeteredUsage.NONE, NetworkBytes.NONE, null);
    }

    SandboxMeter withDeadline(Instant newDeadline) {
        return new SandboxMeter(subject, newDeadline, meteredTo, stopAt, metered, counted, billFrom);
    }

    SandboxMeter withoutStop() {
        return new SandboxMeter(subject, deadline, meteredTo, null, metered, counted, billFrom);
    }

    /** Returns the meter of the sandbox when it no longer runs. */
    SandboxMeter halted() {
        return new SandboxMeter(subject, deadline, null, null, metered, counted, billFrom);
    }

    /** Returns the meter of the sandbox when it runs again. A meter that is running already keeps its {@code meteredTo}. */
    SandboxMeter resumed(Instant at, Instant until) {
        return new SandboxMeter(subject, until, meteredTo == null ? at : meteredTo, null, metered, counted, billFrom);
    }

    /** Returns the meter after these windows. */
    SandboxMeter measured(List<UsageWindow> windows) {
        if (windows.isEmpty()) {
            return this;
        }
        var last = windows.getLast();
        var sum = windows.stream().map(UsageWindow::use).reduce(metered, MeteredUsage::plus);
        var first = hour(windows.getFirst().start());
        return new SandboxMeter(
                subject, deadline, last.end(), stopAt, sum, counted, billFrom == null ? first : billFrom);
    }

    /** Returns the meter with this hour as its first unbilled one; null = no hour is unbilled. */
    SandboxMeter billedTo(@Nullable Instant hour) {
        return new SandboxMeter(subject, deadline, meteredTo, stopAt, metered, counted, hour);
    }

    /**
     * Returns the end of the hours that can be billed. An hour of a running sandbox can be billed once the sandbox is measured beyond it.
     *
     * @param hour beginning of the current hour, which is not over
     */
    Instant billableTo(Instant hour) {
        return meteredTo != null && hour(meteredTo).isBefore(hour) ? hour(meteredTo) : hour;
    }

    /** Returns the end of the time that can be measured now. */
    private Instant end(Instant now) {
        var end = now.isBefore(deadline) ? now : deadline;
        return stopAt != null && stopAt.isBefore(end) ? stopAt : end;
    }

    /**
     * Returns the windows since the last measurement, split at UTC hours; empty while the sandbox doesn't run.
     *
     * @param now in whole milliseconds
     * @param last true if the sandbox ends now. Then its creation and its unmeasured bytes get a window even if no time has passed
     */
    List<UsageWindow> windows(Instant now, boolean last) {
        var windows = new ArrayList<UsageWindow>();
        if (meteredTo == null) {
            return windows;
        }
        var end = end(now);
        var from = meteredTo;
        var before = metered;
        while (from.isBefore(end)) {
            var hourEnd = hour(from).plus(1, ChronoUnit.HOURS);
            var to = hourEnd.isBefore(end) ? hourEnd : end;
            var network = to.isBefore(end) ? before.network() : counted;
            var after = new MeteredUsage(
                    before.millis() + Duration.between(from, to).toMillis(), network);
            windows.add(UsageWindow.of(this, from, to, before, after));
            from = to;
            before = after;
        }
        if (last && windows.isEmpty() && (metered.millis() == 0 || hasUnmeteredBytes())) {
            windows.add(UsageWindow.of(this, from, from, metered, new MeteredUsage(metered.millis(), counted)));
        }
        return windows;
    }

    /** Returns true if bytes have been counted that are in no window yet. */
    boolean hasUnmeteredBytes() {
        return !counted.equals(metered.network());
    }

    /**
     * Returns the cost to the consumer up to a time, by the frozen prices.
     *
     * @param now in whole milliseconds
     * @return empty if the prices are not known
     */
    public Optional<Money> costUntil(Instant now) {
        return cost(now, false);
    }

    /** Returns the cost by the backend's price list, without our fee; otherwise like {@link #costUntil}. */
    public Optional<Money> backendCostUntil(Instant now) {
        return cost(now, true);
    }

    /** @param listed true = by the backend's price list, without our fee; false = what the consumer pays us */
    private Optional<Money> cost(Instant now, boolean listed) {
        var tariff = subject.tariff();
        if (!tariff.isKnown()) {
            return Optional.empty();
        }
        if (meteredTo == null && metered.millis() == 0) {
            return Optional.of(Money.ZERO);
        }
        var use = windows(now, false).stream().map(UsageWindow::use).reduce(metered, MeteredUsage::plus);
        var sum = Money.ZERO;
        for (Meter meter : tariff.prices().keySet()) {
            if (!listed) {
                sum = sum.plus(tariff.billed(meter, subject.size(), use).orElseThrow());
            } else if (meter != Meter.PLATFORM_FEE) {
                sum = sum.plus(tariff.listed(meter, subject.size(), use).orElseThrow());
            }
        }
        return Optional.of(sum);
    }

    /**
     * Returns the most that the sandbox can cost until a time, in addition to what it has been charged for.
     *
     * @param from end of the charged time
     * @return empty if the prices are not known
     */
    public Optional<Money> worstCase(Instant from, Instant until) {
        var length = Duration.between(from, until);
        var whole = subject.tariff().worstCase(subject.size(), length.isNegative() ? Duration.ZERO : length);
        return whole.map(cost -> cost.plus(unmeteredBytes()))
                .map(cost ->
                        metered.millis() == 0 ? cost : cost.minus(creation()).plus(rounding()));
    }

    /**
     * Returns the time until which an amount pays for the sandbox.
     *
     * @param from end of the charged time
     * @param amount the most that can be held for the sandbox
     * @return at most {@code wanted}, at least {@code from}; {@code from} if the prices are not known
     */
    public Instant affordableUntil(Instant from, Money amount, Instant wanted) {
        if (!subject.tariff().isKnown()) {
            return from;
        }
        var rest = amount.minus(unmeteredBytes());
        var left = metered.millis() == 0 ? rest : rest.plus(creation()).minus(rounding());
        var until = from.plus(subject.tariff().affordable(subject.size(), left));
        return until.isBefore(wanted) ? until : wanted;
    }

    /** Returns the cost of the bytes that are in no window yet. */
    private Money unmeteredBytes() {
        var use = new MeteredUsage(metered.millis(), counted);
        var sum = Money.ZERO;
        for (Meter meter : List.of(Meter.NETWORK_IN, Meter.NETWORK_OUT)) {
            var all = subject.tariff().billed(meter, subject.size(), use).orElse(Money.ZERO);
            var known = subject.tariff().billed(meter, subject.size(), metered).orElse(Money.ZERO);
            sum = sum.plus(all.minus(known));
        }
        return sum;
    }

    private Money creation() {
        return subject.tariff().worstCase(subject.size(), Duration.ZERO).orElseThrow();
    }

    /** Returns one nano-unit for each meter: a window's cost is the difference of two rounded amounts, which may be rounded apart. */
    private Money rounding() {
        return new Money(subject.tariff().prices().size());
    }

    static Instant hour(Instant at) {
        return at.truncatedTo(ChronoUnit.HOURS);
    }
}
