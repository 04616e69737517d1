package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer pays.
 *
 * @param limit how far below zero its balance may go: zero = prepaid; null = as far as it likes
 * @param warnBelow its operator is warned when less is available; null = never
 * @param budget the most it may spend in a period; null = no limit
 */
public record CreditTerms(
        @Nullable Money limit,
        @Nullable Money warnBelow,
        @Nullable Budget budget) {
    /** It spends what it was granted, and no more. */
    public static final CreditTerms PREPAID = new CreditTerms(Money.ZERO, null, null);

    /** It spends what it likes. */
    public static final CreditTerms UNLIMITED = new CreditTerms(null, null, null);

    public CreditTerms {
        if (limit != null && limit.isNegative() || warnBelow != null && warnBelow.isNegative()) {
            throw new IllegalArgumentException("a credit limit can't be negative");
        }
    }

    public CreditTerms withLimit(@Nullable Money value) {
        return new CreditTerms(value, warnBelow, budget);
    }

    public CreditTerms withWarnBelow(@Nullable Money value) {
        return new CreditTerms(limit, value, budget);
    }

    public CreditTerms withBudget(@Nullable Budget value) {
        return new CreditTerms(limit, warnBelow, value);
    }
}
