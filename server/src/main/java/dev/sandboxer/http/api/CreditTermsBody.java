package dev.sandboxer.http.api;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Budget;
import dev.sandboxer.payments.ledger.CreditTerms;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The credit terms of a consumer, as JSON. Unlimited credit must be requested explicitly, so that a forgotten limit doesn't grant it.
 *
 * @param limit how far below zero the balance may go; null only if unlimited
 * @param unlimited true = no limit
 * @param warnBelow the balance below which to warn; null = never
 * @param budget such as {@code 100/month}; null = none
 */
record CreditTermsBody(
        @Nullable BigDecimal limit,
        @Nullable Boolean unlimited,
        @Nullable BigDecimal warnBelow,
        @Nullable String budget) {
    /**
     * Returns the terms.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    CreditTerms terms() {
        boolean isUnlimited = Boolean.TRUE.equals(unlimited);
        if (isUnlimited == (limit != null)) {
            throw invalid("set either limit (0 = prepaid) or unlimited: true");
        }
        return new CreditTerms(
                amount("limit", limit), amount("warnBelow", warnBelow), budget == null ? null : read(budget));
    }

    private static Budget read(String text) {
        try {
            return Budget.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalid("budget " + e.getMessage());
        }
    }

    private static @Nullable Money amount(String field, @Nullable BigDecimal number) {
        if (number == null) {
            return null;
        }
        var amount = JsonAmount.read(field, number);
        if (amount.isNegative()) {
            throw invalid(field + " can't be negative");
        }
        return amount;
    }

    private static SandboxException invalid(String message) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
