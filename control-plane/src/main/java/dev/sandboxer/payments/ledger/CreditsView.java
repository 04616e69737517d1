package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's credits as JSON, in the form that the CLI and the REST API share. Amounts are exact.
 *
 * @param available the most that can still be held; null = no limit
 * @param limit how far below zero the balance may go; null = no limit
 * @param warnBelow the operator is warned when less is available; null = never
 * @param budget such as {@code 100/month}; null = none
 * @param budgetSpent captured in the current period of the budget; null = no budget
 */
public record CreditsView(
        String consumer,
        String currency,
        @Nullable BigDecimal available,
        BigDecimal balance,
        BigDecimal held,
        BigDecimal consumed,
        BigDecimal granted,
        BigDecimal expired,
        @Nullable BigDecimal limit,
        @Nullable BigDecimal warnBelow,
        @Nullable String budget,
        @Nullable BigDecimal budgetSpent) {
    public static CreditsView of(Balance balance, String currency) {
        var terms = balance.terms();
        var budget = terms.budget();
        return new CreditsView(
                balance.consumer(),
                currency,
                amount(balance.available()),
                balance.balance().amount(),
                balance.held().amount(),
                balance.consumed().amount(),
                balance.granted().amount(),
                balance.expired().amount(),
                amount(terms.limit()),
                amount(terms.warnBelow()),
                budget == null ? null : budget.text(),
                budget == null ? null : balance.spentInPeriod().amount());
    }

    private static @Nullable BigDecimal amount(@Nullable Money money) {
        return money == null ? null : money.amount();
    }
}
