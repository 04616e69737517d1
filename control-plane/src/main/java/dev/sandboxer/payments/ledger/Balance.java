package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import org.jspecify.annotations.Nullable;

/**
 * The credits of a consumer.
 *
 * @param granted the sum of all grants, including used and expired ones
 * @param balance neither held, consumed nor expired; negative if the consumer owes us
 * @param held set aside for sandboxes
 * @param consumed captured for use, less corrections
 * @param expired lost with expired grants
 * @param spentInPeriod captured in the current period of the budget; zero without a budget
 */
public record Balance(
        String consumer,
        CreditTerms terms,
        Money granted,
        Money balance,
        Money held,
        Money consumed,
        Money expired,
        Money spentInPeriod) {
    /** Returns the balance of a consumer that has no account yet. */
    static Balance empty(String consumer, CreditTerms terms) {
        var none = Money.ZERO;
        return new Balance(consumer, terms, none, none, none, none, none, none);
    }

    /** Returns the most that can still be held; null = no limit. */
    public @Nullable Money available() {
        var limit = terms.limit();
        var byCredit = limit == null ? null : balance.plus(limit);
        var budget = terms.budget();
        if (budget == null) {
            return byCredit;
        }
        var byBudget = budget.amount().minus(spentInPeriod).minus(held);
        return byCredit == null ? byBudget : byCredit.min(byBudget);
    }

    /** Returns true if the budget limits {@link #available} more than the credit does. */
    public boolean isBoundByBudget() {
        var limit = terms.limit();
        var available = available();
        return available != null
                && terms.budget() != null
                && (limit == null || available.compareTo(balance.plus(limit)) < 0);
    }
}
