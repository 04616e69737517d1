package dev.sandboxer.payments.metering;

import dev.sandboxer.extension.feature.NetworkBytes;
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
 * Measures sandboxes while they run, captures the cost from their holds, and writes the lines of the bill. A sandbox is measured in
 * windows that end at each whole minute, at each UTC hour and when the sandbox pauses or ends. After a time in which no process
 * measured, windows are up to an hour long. Thread-safe.
 */
public final class Metering {
    /** The most sandboxes in one transaction. SQLite has one writer, so all others wait for it. */
    private static final int BATCH_SIZE = 250;

    /** The most sandboxes in one tick, since their ids are held in memory. */
    private static final int MAX_PER_TICK = 200_000;

    /** Later than all hours. */
    private static final Instant END_OF_TIME = Instant.ofEpochMilli(Long.MAX_VALUE);

    private final Database database;
    private final MeterStore meters;
    private final ChargeStore charges;
    private final Ledger ledger;
    private final BillListener listener;

    /** Receives the lines of the bill. */
    public interface BillListener {
        /** Called in the transaction that writes the lines. */
        void billed(Handle handle, List<ChargeLine> lines);
    }

    public Metering(Database database, Ledger ledger, BillListener listener) {
        this.database = database;
        this.meters = new MeterStore(database);
        this.charges = new ChargeStore(database);
        this.ledger = ledger;
        this.listener = listener;
    }

    /** Freezes the prices of a sandbox that is about to be created. Replaces those of an earlier attempt. */
    public SandboxMeter plan(Handle handle, Subject subject, Instant deadline) {
        return saved(handle, SandboxMeter.planned(subject, deadline));
    }

    /**
     * Starts the meter of a sandbox.
     *
     * @param subject its size replaces the planned size; its prices are used only if none were planned
     * @return the stored meter
     */
    public SandboxMeter start(Handle handle, Subject subject, Instant at, Instant deadline) {
        return meters.start(handle, SandboxMeter.started(subject, at, deadline));
    }

    /** Moves the deadline of a sandbox. Returns empty if the sandbox has no meter, because it was created before there were meters. */
    public Optional<SandboxMeter> moveDeadline(Handle handle, String sandbox, Instant deadline) {
        return meters.lock(handle, sandbox).map(meter -> saved(handle, meter.withDeadline(deadline)));
    }

    /** Stops charging a sandbox at the time when its pause or end was requested. Of several such times the earliest counts. */
    public void stopAt(Handle handle, String sandbox, Instant at) {
        meters.stopAt(handle, sandbox, at);
    }

    /** Undoes {@link #stopAt} for a sandbox whose pause was refused: it never stopped running. */
    public void cancelStop(Handle handle, String sandbox, Instant deadline) {
        meters.lock(handle, sandbox)
                .ifPresent(meter -> saved(handle, meter.withoutStop().withDeadline(deadline)));
    }

    /** Measures a sandbox up to its pause, and stops its meter. Returns empty if the sandbox has no meter. */
    public Optional<SandboxMeter> pause(Handle handle, String sandbox, Instant at) {
        return meters.lock(handle, sandbox)
                .map(meter -> saved(
                        handle,
                        measure(handle, List.of(meter), at, false).getFirst().halted()));
    }

    /**
     * Prepares the resumption of a sandbox. If its pause was never confirmed, measures it up to the time when the pause was requested, so
     * that the pause is not charged. Returns empty if the sandbox has no meter.
     */
    public Optional<SandboxMeter> beginResume(Handle handle, String sandbox, Instant deadline) {
        return meters.lock(handle, sandbox).map(meter -> {
            var stopAt = meter.stopAt();
            var halted = stopAt == null
                    ? meter
                    : measure(handle, List.of(meter), stopAt, false).getFirst().halted();
            return saved(handle, halted.withDeadline(deadline));
        });
    }

    /**
     * Starts the meter of a resumed sandbox. If the clock was set back, it starts after all time that is already measured or billed.
     * Returns empty if the sandbox has no meter.
     */
    public Optional<SandboxMeter> resume(Handle handle, String sandbox, Instant at, Instant deadline) {
        return meters.lock(handle, sandbox).map(meter -> {
            var from = meter.meteredTo() == null
                    ? WindowStore.settledTo(handle, sandbox)
                            .filter(it -> it.isAfter(at))
                            .orElse(at)
                    : at;
            return saved(handle, meter.resumed(from, deadline));
        });
    }

    /** Ends a sandbox: measures its last window, and puts all its lines on the bill. */
    public void end(Handle handle, String sandbox, Instant at) {
        meters.lock(handle, sandbox).ifPresent(meter -> {
            var measured = measure(handle, List.of(meter), at, true).getFirst();
            var halted = saved(handle, measured.halted());
            bill(handle, List.of(halted), END_OF_TIME);
        });
    }

    /** Ends a sandbox whose time of end is not known. Charges only what was observed: time up to the last window, and bytes read. */
    public void endLost(Handle handle, String sandbox) {
        meters.lock(handle, sandbox).ifPresent(meter -> {
            var to = meter.meteredTo();
            var measured = to != null && meter.hasUnmeteredBytes()
                    ? measure(handle, List.of(meter), to, true).getFirst()
                    : meter;
            var halted = saved(handle, measured.halted());
            bill(handle, List.of(halted), END_OF_TIME);
        });
    }

    /**
     * Stores how many bytes sandboxes have received and sent since their creation. They are charged with the next windows. A late or
     * repeated reading changes nothing.
     *
     * @param totals by sandbox
     */
    public void recordNetwork(Map<String, NetworkBytes> totals) {
        if (database.isShared()) { // one by one: a tick locks the rows in another order, which could deadlock
            totals.forEach(
                    (sandbox, total) -> database.write(handle -> meters.saveCounted(handle, Map.of(sandbox, total))));
        } else {
            database.write(handle -> meters.saveCounted(handle, totals));
        }
    }

    private SandboxMeter saved(Handle handle, SandboxMeter meter) {
        meters.save(handle, meter);
        return meter;
    }

    /**
     * Measures all running sandboxes up to the last whole minute, and bills the hours that are over. May be interrupted: the next tick
     * measures the rest.
     *
     * @return the number of sandboxes that were measured or billed
     * @throws RuntimeException if some could not be measured; all others have been
     */
    public int tick(Instant now) {
        var upTo = now.truncatedTo(ChronoUnit.MINUTES);
        var hour = SandboxMeter.hour(now);
        var due = meters.due(upTo, hour, MAX_PER_TICK);
        RuntimeException failure = null;
        int done = 0;
        for (int i = 0; i < due.size() && !Thread.currentThread().isInterrupted(); i += BATCH_SIZE) {
            var some = due.subList(i, Math.min(due.size(), i + BATCH_SIZE));
            try {
                measure(some, upTo, hour);
                done += some.size();
            } catch (RuntimeException e) { // the other batches must still be measured
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

    /** Writes the windows of locked meters and captures their cost. Returns the meters as they are afterwards, not yet stored. */
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
        WindowStore.insert(handle, drawn);
        return measured;
    }

    private static Capture capture(SandboxMeter meter, UsageWindow window) {
        var subject = meter.subject();
        return new Capture(
                "capture:" + subject.sandbox() + ":" + window.start().toEpochMilli(),
                subject.consumer(),
                subject.sandbox(),
                window.cost(),
                window.start());
    }

    /**
     * Puts whole hours on the bill, each of them once.
     *
     * @param before bills only the hours before this one; {@link #END_OF_TIME} for sandboxes that have ended
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
            for (HourlyUsage hour : hours.getOrDefault(meter.subject().sandbox(), List.of())) {
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

    private static void addLines(List<HourLine> lines, HourlyUsage hour, Subject subject) {
        hour.lines(subject).forEach(line -> lines.add(new HourLine(hour.hour(), hour.use(), line)));
    }

    /** Returns the unbilled hours by sandbox, in order. */
    private Map<String, List<HourlyUsage>> hours(Handle handle, List<SandboxMeter> some) {
        var ids = some.stream().map(meter -> meter.subject().sandbox()).toList();
        return WindowStore.hours(handle, ids).stream().collect(Collectors.groupingBy(HourlyUsage::sandbox));
    }

    /** Returns the meters of running sandboxes that have received or sent bytes. */
    public List<SandboxMeter> withTraffic() {
        return meters.withTraffic();
    }

    /** Returns the meter of a sandbox; empty if it was created before there were meters, or is free and has not run yet. */
    public Optional<SandboxMeter> meter(String sandbox) {
        return meters.find(sandbox);
    }

    /**
     * Passes the lines of the bill to a reader, sorted by sandbox and hour. Never holds all stored lines in memory. Includes provisional
     * lines for the current hour and for time that is not measured yet.
     *
     * @param now the end of the time that running sandboxes are charged for, rounded down to milliseconds
     */
    public void forEach(ChargeQuery query, Instant now, Consumer<ChargeLine> reader) {
        var open = new TreeMap<String, List<ChargeLine>>();
        var unbilled = meters.unbilled(query.consumer());
        for (int i = 0; i < unbilled.size(); i += BATCH_SIZE) {
            openLines(unbilled.subList(i, Math.min(unbilled.size(), i + BATCH_SIZE)), now).stream()
                    .filter(query::contains)
                    .forEach(line -> open.computeIfAbsent(line.subject().sandbox(), it -> new ArrayList<>())
                            .add(line));
        }
        charges.forEach(query, line -> {
            passOpen(open, line.subject().sandbox(), reader);
            reader.accept(line);
        });
        passOpen(open, null, reader);
    }

    /**
     * Passes open lines to the reader, and removes them.
     *
     * @param before only the lines of sandboxes that sort before this one; null = all that are left
     */
    private static void passOpen(
            TreeMap<String, List<ChargeLine>> open, @Nullable String before, Consumer<ChargeLine> reader) {
        while (!open.isEmpty() && (before == null || open.firstKey().compareTo(before) < 0)) {
            open.pollFirstEntry().getValue().forEach(reader);
        }
    }

    private List<ChargeLine> openLines(List<SandboxMeter> some, Instant now) {
        Map<String, List<HourlyUsage>> measured = database.read(handle -> hours(handle, some));
        var lines = new ArrayList<ChargeLine>();
        for (SandboxMeter meter : some) {
            var hours = new ArrayList<>(measured.getOrDefault(meter.subject().sandbox(), List.of()));
            meter.windows(now.truncatedTo(ChronoUnit.MILLIS), false).forEach(window -> HourlyUsage.add(hours, window));
            hours.forEach(hour -> lines.addAll(hour.lines(meter.subject())));
        }
        return lines;
    }
}
