package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.Money;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a line costs, in the billing currency. All are null when the price is not known.
 *
 * @param billed what an invoice asks for: without what credits have paid before
 * @param effective what the use was worth to the ledger, however it was paid
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

    /** The ledger rounds to nano-units and carries the rest; list and contracted costs are exact products. */
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
