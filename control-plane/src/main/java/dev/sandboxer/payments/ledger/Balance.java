package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's credits.
 *
 * @param granted all that was ever given
 * @param balance what is neither held, consumed nor expired; negative when it owes us
 * @param held set aside for sandboxes
 * @param consumed captured for use, corrections deducted
 * @param expired lost with grants that have expired
 * @param spentInPeriod captured in the current period of its budget; zero without one
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
    /** Of a consumer that was never granted anything, nor spent anything. */
    static Balance empty(String consumer, CreditTerms terms) {
        var none = Money.ZERO;
        return new Balance(consumer, terms, none, none, none, none, none, none);
    }

    /** What it can still set aside; null = as much as it likes. */
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

    /** Returns true if its budget, and not its credit, is what leaves it so little. */
    public boolean isBoundByBudget() {
        var limit = terms.limit();
        var available = available();
        return available != null
                && terms.budget() != null
                && (limit == null || available.compareTo(balance.plus(limit)) < 0);
    }
}
