package dev.sandboxer.charging;

import dev.sandboxer.payments.ledger.LedgerAudit.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When one sandbox may be charged, worked out from its transitions alone. Used by one thread. */
final class ChargeableTime {
    /**
     * A span of time, in milliseconds since 1970.
     *
     * @param isLost its end is not known: any beginning of it may be charged
     */
    record Span(long from, long to, boolean isLost) {
        long length() {
            return to - from;
        }
    }

    private final List<Span> spans = new ArrayList<>();
    private @Nullable Long from;
    private @Nullable Long stop;
    private long deadline;
    private boolean hasEnded;

    /** @param journal the transitions of one sandbox, in order */
    static ChargeableTime of(List<Row> journal) {
        var time = new ChargeableTime();
        journal.forEach(time::add);
        return time;
    }

    /** In order; those that touch each other are one. */
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
            case "PAUSE_BEGUN" -> stopAt(row.number("paused_at"));
            case "END_BEGUN" -> stopAt(at);
            case "REVERTED" -> {
                if (row.text("state").equals("RUNNING")) {
                    stop = null;
                    deadline = row.number("deadline");
                }
            }
            case "PAUSED" -> close(row.number("paused_at"), false);
            case "RESUME_BEGUN" -> {
                if (stop != null) {
                    close(stop, false);
                }
            }
            case "RESUMED" -> {
                from = from == null ? at : from;
                deadline = row.number("deadline");
            }
            case "ENDED" -> {
                hasEnded = true;
                close(row.number("ended_at"), row.text("reason").equals("LOST"));
            }
            default -> {
                // it doesn't run yet
            }
        }
    }

    private void stopAt(long at) {
        stop = stop == null ? at : Math.min(stop, at);
    }

    private void close(long end, boolean isLost) {
        if (from != null) {
            long to = Math.min(end, deadline);
            to = stop == null ? to : Math.min(to, stop);
            if (to > from) {
                append(new Span(from, to, isLost));
            }
        }
        from = null;
        stop = null;
    }

    private void append(Span span) {
        if (!spans.isEmpty() && spans.getLast().to() == span.from()) {
            var before = spans.removeLast();
            spans.add(new Span(before.from(), span.to(), span.isLost()));
        } else {
            spans.add(span);
        }
    }
}
