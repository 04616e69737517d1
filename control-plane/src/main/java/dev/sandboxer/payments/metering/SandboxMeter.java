package dev.sandboxer.payments.metering;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.Meter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one sandbox is charged for, and until when it has been. Immutable.
 *
 * @param deadline nothing after it is charged: its backend has ended or paused it by then
 * @param meteredTo until then it has been measured; null = it doesn't run
 * @param stopAt nothing after it is charged, since its end or pause was asked for then; null = that was not
 * @param meteredMs for how long it has been measured in all
 * @param billFrom the first UTC hour with windows that are not on the bill; null = there are none
 */
public record SandboxMeter(
        Subject subject,
        Instant deadline,
        @Nullable Instant meteredTo,
        @Nullable Instant stopAt,
        long meteredMs,
        @Nullable Instant billFrom) {

    /** Of a sandbox that doesn't run yet. */
    static SandboxMeter planned(Subject subject, Instant deadline) {
        return new SandboxMeter(subject, deadline, null, null, 0, null);
    }

    /** Of a sandbox that runs from now on. */
    static SandboxMeter started(Subject subject, Instant at, Instant deadline) {
        return new SandboxMeter(subject, deadline, at, null, 0, null);
    }

    SandboxMeter until(Instant newDeadline) {
        return new SandboxMeter(subject, newDeadline, meteredTo, stopAt, meteredMs, billFrom);
    }

    /** It was not stopped after all. */
    SandboxMeter goingOn() {
        return new SandboxMeter(subject, deadline, meteredTo, null, meteredMs, billFrom);
    }

    /** It doesn't run. */
    SandboxMeter halted() {
        return new SandboxMeter(subject, deadline, null, null, meteredMs, billFrom);
    }

    /** It runs again; one that was told so once more has run on. */
    SandboxMeter resumed(Instant at, Instant until) {
        return new SandboxMeter(subject, until, meteredTo == null ? at : meteredTo, null, meteredMs, billFrom);
    }

    /** After those windows. */
    SandboxMeter measured(List<UsageWindow> windows) {
        if (windows.isEmpty()) {
            return this;
        }
        var last = windows.getLast();
        long more = windows.stream().mapToLong(UsageWindow::millis).sum();
        var first = hour(windows.getFirst().start());
        return new SandboxMeter(
                subject, deadline, last.end(), stopAt, meteredMs + more, billFrom == null ? first : billFrom);
    }

    SandboxMeter billedTo(@Nullable Instant hour) {
        return new SandboxMeter(subject, deadline, meteredTo, stopAt, meteredMs, hour);
    }

    /**
     * Up to which hour it can be billed: an hour of one that runs may still grow until it is measured beyond it.
     *
     * @param hour which is not over
     */
    Instant billableTo(Instant hour) {
        return meteredTo != null && hour(meteredTo).isBefore(hour) ? hour(meteredTo) : hour;
    }

    /** Until when it can be measured at that time. */
    private Instant end(Instant now) {
        var end = now.isBefore(deadline) ? now : deadline;
        return stopAt != null && stopAt.isBefore(end) ? stopAt : end;
    }

    /**
     * What it has used since it was measured last, cut at UTC hours; nothing while it doesn't run.
     *
     * @param now in whole milliseconds
     * @param last whether it ends then: if it ran for no millisecond, its creation still has its window
     */
    List<UsageWindow> windows(Instant now, boolean last) {
        var windows = new ArrayList<UsageWindow>();
        if (meteredTo == null) {
            return windows;
        }
        var end = end(now);
        var from = meteredTo;
        long before = meteredMs;
        while (from.isBefore(end)) {
            var hourEnd = hour(from).plus(1, ChronoUnit.HOURS);
            var to = hourEnd.isBefore(end) ? hourEnd : end;
            long after = before + Duration.between(from, to).toMillis();
            windows.add(UsageWindow.of(this, from, to, before, after));
            from = to;
            before = after;
        }
        if (last && windows.isEmpty() && meteredMs == 0) {
            windows.add(UsageWindow.of(this, from, from, 0, 0));
        }
        return windows;
    }

    /**
     * What it has cost its consumer until then, by its frozen prices.
     *
     * @param now in whole milliseconds
     * @return empty when its prices are not known
     */
    public Optional<Money> costUntil(Instant now) {
        return cost(now, false);
    }

    /** What its backend bills for it until then by its price list, otherwise as {@link #costUntil}. */
    public Optional<Money> backendCostUntil(Instant now) {
        return cost(now, true);
    }

    /** @param listed by the backend's price list, without our fee; else what its consumer pays us */
    private Optional<Money> cost(Instant now, boolean listed) {
        var tariff = subject.tariff();
        if (!tariff.isKnown()) {
            return Optional.empty();
        }
        if (meteredTo == null && meteredMs == 0) {
            return Optional.of(Money.ZERO);
        }
        long millis = meteredMs;
        for (UsageWindow window : windows(now, false)) {
            millis += window.millis();
        }
        var sum = Money.ZERO;
        for (Meter meter : tariff.prices().keySet()) {
            if (!listed) {
                sum = sum.plus(tariff.billed(meter, subject.size(), millis).orElseThrow());
            } else if (meter != Meter.PLATFORM_FEE) {
                sum = sum.plus(tariff.listed(meter, subject.size(), millis).orElseThrow());
            }
        }
        return Optional.of(sum);
    }

    /**
     * What it costs at most in a time to come, beside what it has been charged for.
     *
     * @param from until when it has been charged
     * @return empty when its prices are not known
     */
    public Optional<Money> worstCase(Instant from, Instant until) {
        var length = Duration.between(from, until);
        var whole = subject.tariff().worstCase(subject.size(), length.isNegative() ? Duration.ZERO : length);
        return meteredMs == 0 ? whole : whole.map(cost -> cost.minus(creation()).plus(rounding()));
    }

    /**
     * Until when an amount pays for it.
     *
     * @param from until when it has been charged
     * @param amount what can be set aside for it
     * @return at most {@code wanted}, at least {@code from}; {@code from} when its prices are not known
     */
    public Instant affordableUntil(Instant from, Money amount, Instant wanted) {
        if (!subject.tariff().isKnown()) {
            return from;
        }
        var left = meteredMs == 0 ? amount : amount.plus(creation()).minus(rounding());
        var until = from.plus(subject.tariff().affordable(subject.size(), left));
        return until.isBefore(wanted) ? until : wanted;
    }

    private Money creation() {
        return subject.tariff().worstCase(subject.size(), Duration.ZERO).orElseThrow();
    }

    /** Each meter may be rounded the other way at both ends. */
    private Money rounding() {
        return new Money(subject.tariff().prices().size());
    }

    static Instant hour(Instant at) {
        return at.truncatedTo(ChronoUnit.HOURS);
    }
}
