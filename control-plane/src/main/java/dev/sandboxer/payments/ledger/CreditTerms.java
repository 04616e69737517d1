package dev.sandboxer.payments.ledger;

import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.payments.Money;
import org.jspecify.annotations.Nullable;

/**
 * The terms on which a consumer pays.
 *
 * @param limit how far below zero the balance may go: zero = prepaid; null = no limit
 * @param warnBelow the operator is warned when less is available; null = never
 * @param budget the most that the consumer may spend in a period; null = no limit
 */
public record CreditTerms(
        @Nullable Money limit,
        @Nullable Money warnBelow,
        @Nullable Budget budget) {
    /** Allows a consumer to spend its grants and no more. */
    public static final CreditTerms PREPAID = new CreditTerms(Money.ZERO, null, null);

    /** Sets no limit. */
    public static final CreditTerms UNLIMITED = new CreditTerms(null, null, null);

    public CreditTerms {
        if (limit != null && limit.isNegative() || warnBelow != null && warnBelow.isNegative()) {
            throw new IllegalArgumentException("a credit limit or warning threshold can't be negative");
        }
    }

    /** Returns the terms of a consumer for which none are set: no limit for the user of the command line, prepaid for all others. */
    static CreditTerms defaultsOf(String consumer) {
        return consumer.equals(Consumers.LOCAL) ? UNLIMITED : PREPAID;
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
