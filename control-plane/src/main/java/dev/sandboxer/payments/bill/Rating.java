package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.Decimals;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The quantity of a good that was used or bought, and its unit prices.
 *
 * @param unit of the quantity and of the prices
 * @param list unit price on the price list; null = not known
 * @param contracted unit price that the consumer pays; null = not known
 */
record Rating(
        Sku sku,
        BigDecimal quantity,
        String unit,
        @Nullable BigDecimal list,
        @Nullable BigDecimal contracted) {
    private static final String CREDITS = "Credits";

    /** Returns null for a correction, which has no unit price. */
    static @Nullable Rating of(BillLine line) {
        return switch (line) {
            case ChargeLine usage -> usage(usage);
            case PurchaseLine purchase ->
                new Rating(Sku.CREDITS, purchase.amount().amount(), CREDITS, BigDecimal.ONE, BigDecimal.ONE);
            case AdjustmentLine _ -> null;
        };
    }

    private static Rating usage(ChargeLine line) {
        var sku = Sku.of(line.subject(), line.meter());
        var quantity = Decimals.plain(line.quantity());
        var unit = line.meter().unit();
        if (!line.isPriced()) {
            return new Rating(sku, quantity, unit, null, null);
        }
        var price = line.subject().tariff().prices().get(line.meter());
        return price == null
                ? new Rating(sku, quantity, unit, BigDecimal.ZERO, BigDecimal.ZERO)
                : new Rating(sku, quantity, unit, price.list(), price.billed());
    }

    boolean isPriced() {
        return list != null && contracted != null;
    }

    /** Returns the exact product of list price and quantity; null = not known. */
    @Nullable BigDecimal listCost() {
        return list == null ? null : Decimals.plain(list.multiply(quantity));
    }

    /** Returns the exact product of the consumer's price and the quantity; null = not known. */
    @Nullable BigDecimal contractedCost() {
        return contracted == null ? null : Decimals.plain(contracted.multiply(quantity));
    }
}
