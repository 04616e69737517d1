package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.CreditAccount.Part;
import dev.sandboxer.payments.ledger.LedgerStore.Captured;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Captures for one consumer, worked out in memory, to be written in few statements. Used by one thread. */
final class CaptureWork {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private final CreditAccount account;
    private final Map<String, Deque<HeldPart>> left = new HashMap<>();
    private final Map<String, List<Entry>> entries = new LinkedHashMap<>();
    private final Map<String, Map<String, Long>> changes = new LinkedHashMap<>();
    private final Map<String, Captured> captured = new LinkedHashMap<>();
    private final Map<Long, Long> spent = new LinkedHashMap<>();
    private final Map<String, Money> prepaid = new HashMap<>();

    /** @param parts what is in the holds of the sandboxes, in the order in which it is captured */
    CaptureWork(CreditAccount account, Map<String, List<HeldPart>> parts) {
        this.account = account;
        parts.forEach((sandbox, some) -> left.put(sandbox, new ArrayDeque<>(some)));
    }

    /** Takes from the sandbox's hold, then beyond it. */
    void take(Capture capture) {
        var moved = new ArrayList<Entry>();
        long held = 0;
        long fromGrants = 0;
        long open = capture.amount().nanos();
        var parts = left.computeIfAbsent(capture.sandbox(), it -> new ArrayDeque<>());
        while (open > 0 && !parts.isEmpty()) {
            var part = parts.removeFirst();
            long taken = Math.min(open, part.remaining());
            if (taken < part.remaining()) {
                parts.addFirst(new HeldPart(part.remaining() - taken, part.from()));
            }
            changes.computeIfAbsent(capture.sandbox(), it -> new LinkedHashMap<>())
                    .merge(part.source(), -taken, Math::addExact);
            fromGrants += part.from() == null ? 0 : taken;
            held += taken;
            open -= taken;
        }
        if (held > 0) {
            account.capture(held, moved);
        }
        if (open > 0) {
            for (Part beyond : account.captureBeyond(open, moved)) {
                fromGrants += beyond.source().equals(CreditAccount.CREDIT) ? 0 : beyond.nanos();
            }
        }
        entries.put(capture.id(), moved);
        captured.merge(capture.sandbox(), new Captured(held, capture.amount().nanos()), Captured::plus);
        spent.merge(
                Math.floorDiv(capture.at().toEpochMilli(), DAY_MS),
                capture.amount().nanos(),
                Math::addExact);
        prepaid.put(capture.id(), new Money(fromGrants));
    }

    Map<String, List<Entry>> entries() {
        return entries;
    }

    /** By how much what sources have in holds has changed: by sandbox, then by source. */
    Map<String, Map<String, Long>> changes() {
        return changes;
    }

    Map<String, Captured> captured() {
        return captured;
    }

    /** By day since 1970. */
    Map<Long, Long> spent() {
        return spent;
    }

    /** How much of each capture was drawn from grants. */
    Map<String, Money> prepaid() {
        return prepaid;
    }
}
