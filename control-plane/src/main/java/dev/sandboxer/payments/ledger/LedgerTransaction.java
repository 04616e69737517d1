package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change of a consumer's credits, in double entry. Each entry names both of its accounts, so that the entries always sum to zero.
 *
 * @param kind the command that made the change
 * @param sandbox null = no sandbox is concerned
 * @param amount as requested: for a hold the held amount afterwards, otherwise the moved amount
 * @param entries the amounts that moved
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

    /**
     * Returns true if this is a repetition of an earlier command. The amount of a release is not compared, since a release command names
     * none.
     */
    boolean repeats(LedgerTransaction before) {
        return kind == before.kind
                && consumer.equals(before.consumer)
                && Objects.equals(sandbox, before.sandbox)
                && (kind == Kind.RELEASE || amount.equals(before.amount))
                && note.equals(before.note);
    }

    /** The kind of a transaction. */
    public enum Kind {
        GRANT,
        HOLD,
        CAPTURE,
        RELEASE,
        CORRECTION,
        EXPIRY;

        /** Returns the word that users see. */
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
