package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a consumer's credits. Its entries say what moved; they sum to zero by their form.
 *
 * @param amount what was asked for: of a hold what it holds afterwards, else what moved
 * @param sandbox null = it is about no sandbox
 */
public record LedgerTransaction(
        String id,
        String consumer,
        Kind kind,
        @Nullable String sandbox,
        Money amount,
        Instant at,
        String note,
        List<Entry> entries) {
    public LedgerTransaction {
        entries = List.copyOf(entries);
    }

    /** Returns true if this is the same command as that one before. How much a release gives back is not said by the command. */
    boolean repeats(LedgerTransaction before) {
        return kind == before.kind
                && consumer.equals(before.consumer)
                && Objects.equals(sandbox, before.sandbox)
                && (kind == Kind.RELEASE || amount.equals(before.amount))
                && note.equals(before.note);
    }

    /** What happened. */
    public enum Kind {
        GRANT,
        HOLD,
        CAPTURE,
        RELEASE,
        CORRECTION,
        EXPIRY;

        /** As users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An amount that moved from one account to another.
     *
     * @param debit the account it left: {@code issued}, {@code grant:<id>}, {@code credit} (beyond all grants), {@code held},
     *     {@code consumed} or {@code expired}
     * @param credit the account it entered
     * @param amount above zero
     */
    public record Entry(String debit, String credit, Money amount) {}
}
