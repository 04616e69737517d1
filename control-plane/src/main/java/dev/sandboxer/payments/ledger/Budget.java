package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** The most that may be spent in each period. What is on hold counts as spent. */
public record Budget(Money amount, Period period) {
    /** In UTC. */
    public enum Period {
        DAY,
        MONTH;

        /** The first day of the one that contains that time. */
        LocalDate begin(Instant at) {
            var day = LocalDate.ofInstant(at, ZoneOffset.UTC);
            return this == DAY ? day : day.withDayOfMonth(1);
        }

        /** As users write it. */
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
     * @throws IllegalArgumentException when it is none
     */
    public static Budget parse(String text) {
        int slash = text.indexOf('/');
        for (Period period : Period.values()) {
            if (slash > 0 && text.substring(slash + 1).equals(period.text())) {
                return new Budget(Money.parse(text.substring(0, slash)), period);
            }
        }
        throw new IllegalArgumentException("is no budget (examples: 5/day, 100/month)");
    }

    /** Such as {@code 100/month}. */
    public String text() {
        return amount + "/" + period.text();
    }
}
