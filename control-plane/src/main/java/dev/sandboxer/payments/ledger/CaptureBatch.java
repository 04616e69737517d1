package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.CreditAccount.Part;
import dev.sandboxer.payments.ledger.HoldStore.Captured;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A batch of captures for one consumer, computed in memory so that few statements write it. Not thread-safe. */
final class CaptureBatch {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private final CreditAccount account;
    private final Map<String, Deque<HeldPart>> left = new HashMap<>();
    private final Map<String, List<Entry>> entries = new LinkedHashMap<>();
    private final Map<String, Map<String, Long>> changes = new LinkedHashMap<>();
    private final Map<String, Captured> captured = new LinkedHashMap<>();
    private final Map<Long, Long> spent = new LinkedHashMap<>();
    private final Map<String, Money> prepaid = new HashMap<>();

    /** @param parts by sandbox, the parts of its hold in the order in which they are captured */
    CaptureBatch(CreditAccount account, Map<String, List<HeldPart>> parts) {
        this.account = account;
        parts.forEach((sandbox, some) -> left.put(sandbox, new ArrayDeque<>(some)));
    }

    /** Captures from the sandbox's hold first, then from the rest of the account. */
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
            for (Part beyond : account.captureUnheld(open, moved)) {
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

    /** Returns the changes of the holds' parts: by sandbox, then by source. */
    Map<String, Map<String, Long>> changes() {
        return changes;
    }

    Map<String, Captured> captured() {
        return captured;
    }

    /** Returns the captured nano-units by UTC day, counted from 1970. */
    Map<Long, Long> spent() {
        return spent;
    }

    /** Returns the part of each capture that was drawn from grants, by id. */
    Map<String, Money> prepaid() {
        return prepaid;
    }
}
