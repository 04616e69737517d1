package dev.sandboxer.payments.metering;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.ledger.Capture;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.metering.ChargeStore.HourLine;
import dev.sandboxer.store.Database;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Measures sandboxes while they run, takes what that costs from their holds, and writes the lines of the bill. A sandbox is
 * measured in windows that end at each whole minute, at each UTC hour and when it pauses or ends; after a time in which nobody
 * measured, windows are as long as an hour. Thread-safe.
 */
public final class Metering {
    /** So many sandboxes are measured in one transaction: others wait for it where there is one writer. */
    private static final int AT_ONCE = 250;

    /** So many are measured in one tick: their ids are in memory. */
    private static final int IN_ALL = 200_000;

    /** Later than all hours. */
    private static final Instant ALL = Instant.ofEpochMilli(Long.MAX_VALUE);

    private final Database database;
    private final MeterStore meters;
    private final ChargeStore charges;
    private final Ledger ledger;
    private final BillListener listener;

    /** Is told the lines of the bill. */
    public interface BillListener {
        /** Called in the transaction that writes them. */
        void billed(Handle handle, List<ChargeLine> lines);
    }

    public Metering(Database database, Ledger ledger, BillListener listener) {
        this.database = database;
        this.meters = new MeterStore(database);
        this.charges = new ChargeStore(database);
        this.ledger = ledger;
        this.listener = listener;
    }

    /** A sandbox is about to be made, with those prices; an earlier attempt's prices are forgotten. */
    public SandboxMeter plan(Handle handle, Subject subject, Instant deadline) {
        return saved(handle, SandboxMeter.planned(subject, deadline));
    }

    /**
     * It runs from now on, and is as large as the subject says.
     *
     * @param subject of its prices those that were planned count, where some were
     * @return as it was planned, but for that
     */
    public SandboxMeter start(Handle handle, Subject subject, Instant at, Instant deadline) {
        return meters.start(handle, SandboxMeter.started(subject, at, deadline));
    }

    /** Its deadline has moved; empty when it was made before there were meters. */
    public Optional<SandboxMeter> moveDeadline(Handle handle, String sandbox, Instant deadline) {
        return meters.lock(handle, sandbox).map(meter -> saved(handle, meter.until(deadline)));
    }

    /** Its pause or end was asked for: nothing after that is charged. Of two such moments the first one counts. */
    public void stopAt(Handle handle, String sandbox, Instant at) {
        meters.stopAt(handle, sandbox, at);
    }

    /** Its pause was refused: it has run on. */
    public void goOn(Handle handle, String sandbox, Instant deadline) {
        meters.lock(handle, sandbox)
                .ifPresent(meter -> saved(handle, meter.goingOn().until(deadline)));
    }

    /** It is paused. */
    public Optional<SandboxMeter> pause(Handle handle, String sandbox, Instant at) {
        return meters.lock(handle, sandbox)
                .map(meter -> saved(
                        handle,
                        measure(handle, List.of(meter), at, false).getFirst().halted()));
    }

    /** It shall run again. If nobody confirmed its pause, what ran before that was asked for is measured, and the pause is not. */
    public Optional<SandboxMeter> beginResume(Handle handle, String sandbox, Instant deadline) {
        return meters.lock(handle, sandbox).map(meter -> {
            var stopAt = meter.stopAt();
            var halted = stopAt == null
                    ? meter
                    : measure(handle, List.of(meter), stopAt, false).getFirst().halted();
            return saved(handle, halted.until(deadline));
        });
    }

    /**
     * It runs again; empty as in {@link #moveDeadline}. After the clock was set back, no time is measured again that is measured or
     * billed already.
     */
    public Optional<SandboxMeter> resume(Handle handle, String sandbox, Instant at, Instant deadline) {
        return meters.lock(handle, sandbox).map(meter -> {
            var from = meter.meteredTo() == null
                    ? meters.settledTo(handle, sandbox)
                            .filter(it -> it.isAfter(at))
                            .orElse(at)
                    : at;
            return saved(handle, meter.resumed(from, deadline));
        });
    }

    /** It has ended: its last window is measured, and all its lines are on the bill. */
    public void end(Handle handle, String sandbox, Instant at) {
        meters.lock(handle, sandbox).ifPresent(meter -> {
            var measured = measure(handle, List.of(meter), at, true).getFirst();
            var halted = saved(handle, measured.halted());
            bill(handle, List.of(halted), ALL);
        });
    }

    /** It was lost: what nobody has seen it use is not charged. */
    public void lose(Handle handle, String sandbox) {
        meters.lock(handle, sandbox).ifPresent(meter -> {
            var halted = saved(handle, meter.halted());
            bill(handle, List.of(halted), ALL);
        });
    }

    private SandboxMeter saved(Handle handle, SandboxMeter meter) {
        meters.save(handle, meter);
        return meter;
    }

    /**
     * Measures all that run up to the last whole minute, and bills the hours that are over. Safe to be interrupted: what was not
     * measured is measured the next time.
     *
     * @return how many sandboxes it has measured or billed
     * @throws RuntimeException when some could not be measured, once all others are
     */
    public int tick(Instant now) {
        var upTo = now.truncatedTo(ChronoUnit.MINUTES);
        var hour = SandboxMeter.hour(now);
        var lagging = meters.lagging(upTo, hour, IN_ALL);
        RuntimeException failure = null;
        int done = 0;
        for (int i = 0; i < lagging.size() && !Thread.currentThread().isInterrupted(); i += AT_ONCE) {
            var some = lagging.subList(i, Math.min(lagging.size(), i + AT_ONCE));
            try {
                measure(some, upTo, hour);
                done += some.size();
            } catch (RuntimeException e) { // the others are measured all the same
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return done;
    }

    private void measure(List<String> some, Instant upTo, Instant hour) {
        database.write(handle -> {
            var measured = measure(handle, meters.lock(handle, some), upTo, false);
            meters.saveProgress(handle, measured);
            bill(handle, measured, hour);
        });
    }

    /** Writes the windows of meters that are locked, and takes what they cost. */
    private List<SandboxMeter> measure(Handle handle, List<SandboxMeter> some, Instant to, boolean last) {
        var now = to.truncatedTo(ChronoUnit.MILLIS);
        var measured = new ArrayList<SandboxMeter>();
        var windows = new LinkedHashMap<UsageWindow, Capture>();
        for (SandboxMeter meter : some) {
            var more = meter.windows(now, last);
            more.forEach(window -> windows.put(window, capture(meter, window)));
            measured.add(meter.measured(more));
        }
        var prepaid = ledger.capture(handle, List.copyOf(windows.values()));
        var drawn = new LinkedHashMap<UsageWindow, Money>();
        windows.forEach((window, capture) -> drawn.put(window, prepaid.getOrDefault(capture.id(), Money.ZERO)));
        meters.insert(handle, drawn);
        return measured;
    }

    private static Capture capture(SandboxMeter meter, UsageWindow window) {
        var subject = meter.subject();
        return new Capture(
                "capture:" + subject.sandbox() + ":" + window.start().toEpochMilli(),
                subject.consumer(),
                subject.sandbox(),
                window.sum(),
                window.start());
    }

    /**
     * Puts hours on the bill, each of them once and whole.
     *
     * @param before only those before that; {@link #ALL} for sandboxes that have ended
     */
    private void bill(Handle handle, List<SandboxMeter> some, Instant before) {
        var due = some.stream()
                .filter(meter -> meter.billFrom() != null && meter.billFrom().isBefore(meter.billableTo(before)))
                .toList();
        if (due.isEmpty()) {
            return;
        }
        var hours = hours(handle, due);
        var lines = new ArrayList<HourLine>();
        var billed = new ArrayList<SandboxMeter>();
        for (SandboxMeter meter : due) {
            var to = meter.billableTo(before);
            Instant open = null;
            for (HourOfUse hour : hours.getOrDefault(meter.subject().sandbox(), List.of())) {
                if (hour.hour().isBefore(to)) {
                    addLines(lines, hour, meter.subject());
                } else if (open == null) {
                    open = hour.hour();
                }
            }
            billed.add(meter.billedTo(open));
        }
        charges.insert(handle, lines);
        meters.saveProgress(handle, billed);
        listener.billed(handle, lines.stream().map(HourLine::line).toList());
    }

    private static void addLines(List<HourLine> lines, HourOfUse hour, Subject subject) {
        hour.lines(subject).forEach(line -> lines.add(new HourLine(hour.hour(), hour.meteredMs(), line)));
    }

    /** The hours of each that are not on the bill, in their order. */
    private Map<String, List<HourOfUse>> hours(Handle handle, List<SandboxMeter> some) {
        var ids = some.stream().map(meter -> meter.subject().sandbox()).toList();
        return meters.hours(handle, ids).stream().collect(Collectors.groupingBy(HourOfUse::sandbox));
    }

    /** What one sandbox has used; empty when it was made before there were meters, or is free and has not run yet. */
    public Optional<SandboxMeter> meter(String sandbox) {
        return meters.find(sandbox);
    }

    /**
     * Tells the lines of the bill, by sandbox and then by hour, without holding them all in memory. Lines of the current hour,
     * and of time that was not measured yet, are told as they would be now.
     *
     * @param now until when running sandboxes are reckoned, in whole milliseconds
     */
    public void forEach(ChargeQuery query, Instant now, Consumer<ChargeLine> reader) {
        var open = new TreeMap<String, List<ChargeLine>>();
        var unbilled = meters.unbilled(query.consumer());
        for (int i = 0; i < unbilled.size(); i += AT_ONCE) {
            openLines(unbilled.subList(i, Math.min(unbilled.size(), i + AT_ONCE)), now).stream()
                    .filter(query::contains)
                    .forEach(line -> open.computeIfAbsent(line.subject().sandbox(), it -> new ArrayList<>())
                            .add(line));
        }
        charges.forEach(query, line -> {
            tellOpen(open, line.subject().sandbox(), reader);
            reader.accept(line);
        });
        tellOpen(open, null, reader);
    }

    /** @param before only of sandboxes before that one; null = of all that are left */
    private static void tellOpen(
            TreeMap<String, List<ChargeLine>> open, @Nullable String before, Consumer<ChargeLine> reader) {
        while (!open.isEmpty() && (before == null || open.firstKey().compareTo(before) < 0)) {
            open.pollFirstEntry().getValue().forEach(reader);
        }
    }

    private List<ChargeLine> openLines(List<SandboxMeter> some, Instant now) {
        Map<String, List<HourOfUse>> measured = database.read(handle -> hours(handle, some));
        var lines = new ArrayList<ChargeLine>();
        for (SandboxMeter meter : some) {
            var hours = new ArrayList<>(measured.getOrDefault(meter.subject().sandbox(), List.of()));
            meter.windows(now.truncatedTo(ChronoUnit.MILLIS), false).forEach(window -> HourOfUse.add(hours, window));
            hours.forEach(hour -> lines.addAll(hour.lines(meter.subject())));
        }
        return lines;
    }
}
