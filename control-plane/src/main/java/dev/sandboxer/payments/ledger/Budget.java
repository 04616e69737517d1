package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** The most that a consumer may spend in each period. Held amounts count as spent. */
public record Budget(Money amount, Period period) {
    /** A period of the UTC calendar. */
    public enum Period {
        DAY,
        MONTH;

        /** Returns the first day of the period that contains this time. */
        LocalDate begin(Instant at) {
            var day = LocalDate.ofInstant(at, ZoneOffset.UTC);
            return this == DAY ? day : day.withDayOfMonth(1);
        }

        /** Returns the word that users write. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Budget {
        if (amount.isNegative()) {
            throw new IllegalArgumentException("a budget can't be negative");
        }
    }

    /**
     * Reads a budget such as {@code 100/month}.
     *
     * @throws IllegalArgumentException if the text is no budget
     */
    public static Budget parse(String text) {
        int slash = text.indexOf('/');
        for (Period period : Period.values()) {
            if (slash > 0 && text.substring(slash + 1).equals(period.text())) {
                return new Budget(Money.parse(text.substring(0, slash)), period);
            }
        }
        throw new IllegalArgumentException("is not a budget (examples: 5/day, 100/month)");
    }

    /** Returns the text that {@link #parse} reads, such as {@code 100/month}. */
    public String text() {
        return amount + "/" + period.text();
    }
}
