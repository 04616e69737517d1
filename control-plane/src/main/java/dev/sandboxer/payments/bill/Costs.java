package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.Money;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The costs of a line in the terms of FOCUS, in the billing currency. All are null if the price is not known.
 *
 * @param billed the invoiced amount, which leaves out what was drawn from credits
 * @param effective the amount that the ledger captured, whether from credits or not
 * @param list list price times quantity, exact
 * @param contracted the consumer's price times quantity, exact
 */
record Costs(
        @Nullable BigDecimal billed,
        @Nullable BigDecimal effective,
        @Nullable BigDecimal list,
        @Nullable BigDecimal contracted) {
    private static final Costs UNKNOWN = new Costs(null, null, null, null);

    static Costs of(BillLine line, @Nullable Rating rating) {
        return switch (line) {
            case ChargeLine usage -> usage(usage.cost(), rating);
            case PurchaseLine purchase -> {
                var amount = purchase.amount().amount();
                yield new Costs(amount, BigDecimal.ZERO, amount, amount);
            }
            case AdjustmentLine adjustment -> {
                var amount = adjustment.amount().amount();
                yield new Costs(invoiced(adjustment.amount(), adjustment.prepaid()), amount, amount, amount);
            }
        };
    }

    /** Billed and effective costs are the ledger's: it rounds to nano-units and carries the rest. The other two are exact products. */
    private static Costs usage(ChargeLine.Cost cost, @Nullable Rating rating) {
        var billed = cost.billed();
        if (billed == null || rating == null || !rating.isPriced()) {
            return UNKNOWN;
        }
        return new Costs(invoiced(billed, cost.prepaid()), billed.amount(), rating.listCost(), rating.contractedCost());
    }

    private static BigDecimal invoiced(Money billed, @Nullable Money prepaid) {
        return prepaid == null ? billed.amount() : billed.minus(prepaid).amount();
    }
}
