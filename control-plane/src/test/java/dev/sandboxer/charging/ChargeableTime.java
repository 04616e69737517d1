package dev.sandboxer.charging;

import dev.sandboxer.payments.ledger.LedgerAudit.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The time for which one sandbox may be charged, computed from its transitions alone. Not thread-safe. */
final class ChargeableTime {
    /**
     * A span of time, in milliseconds since 1970.
     *
     * @param latest when the end was stored; other processes may have measured until then
     * @param isLost true = the end is not known, and any part of the span from its start may be charged
     */
    record Span(long from, long to, long latest, boolean isLost) {
        /** Returns true if the sandbox was asked to stop as soon as it ran. Time until {@code latest} may still be charged. */
        boolean isEmpty() {
            return to == from;
        }

        /** Returns true if this charged time is allowed for the span. */
        boolean allows(Span charged) {
            return charged.from == from && charged.to <= latest && (isLost || charged.to >= to);
        }
    }

    private final List<Span> spans = new ArrayList<>();
    private @Nullable Long from;
    private @Nullable Long stop;
    private long stoppedBy;
    private long deadline;
    private boolean hasEnded;

    /** @param journal the transitions of one sandbox, in order */
    static ChargeableTime of(List<Row> journal) {
        var time = new ChargeableTime();
        journal.forEach(time::add);
        return time;
    }

    /** Returns the spans in order, with adjacent ones joined. */
    List<Span> spans() {
        return spans;
    }

    boolean hasEnded() {
        return hasEnded;
    }

    private void add(Row row) {
        long at = row.number("at");
        switch (row.text("cause")) {
            case "CREATED", "ADOPTED" -> {
                from = Math.max(row.number("started_at"), row.number("created_at"));
                deadline = row.number("deadline");
            }
            case "DEADLINE_MOVED" -> deadline = row.number("deadline");
            case "PAUSE_BEGUN" -> stopAt(row.number("paused_at"), at);
            case "END_BEGUN" -> stopAt(at, at);
            case "REVERTED" -> {
                if (row.text("state").equals("RUNNING")) {
                    stop = null;
                    deadline = row.number("deadline");
                }
            }
            case "PAUSED" -> close(row.number("paused_at"), at, false);
            case "RESUME_BEGUN" -> {
                if (stop != null) {
                    close(stop, at, false);
                }
            }
            case "RESUMED" -> {
                from = from == null ? at : from;
                deadline = row.number("deadline");
            }
            case "ENDED" -> {
                hasEnded = true;
                close(row.number("ended_at"), at, row.text("reason").equals("LOST"));
            }
            default -> {
                // it doesn't run yet
            }
        }
    }

    private void stopAt(long time, long at) {
        if (stop == null) {
            stoppedBy = at;
        }
        stop = stop == null ? time : Math.min(stop, time);
    }

    private void close(long end, long at, boolean isLost) {
        if (from != null) {
            long to = Math.min(end, deadline);
            to = stop == null ? to : Math.min(to, stop);
            long latest = Math.max(to, Math.min(stop == null ? at : stoppedBy, deadline));
            if (to >= from && latest > from) {
                append(new Span(from, to, latest, isLost));
            }
        }
        from = null;
        stop = null;
    }

    private void append(Span span) {
        if (!spans.isEmpty() && spans.getLast().to() == span.from()) {
            var before = spans.removeLast();
            spans.add(new Span(before.from(), span.to(), span.latest(), span.isLost()));
        } else {
            spans.add(span);
        }
    }
}
