package dev.sandboxer.payments.rates;

import java.math.BigDecimal;

/**
 * The price of one unit of a meter, in the billing currency.
 *
 * @param list what the backend's price list says; for our own fee, the fee
 * @param billed what the consumer pays us
 */
public record UnitPrice(BigDecimal list, BigDecimal billed) {
    static final UnitPrice FREE = new UnitPrice(BigDecimal.ZERO, BigDecimal.ZERO);

    public UnitPrice {
        list = plain(list);
        billed = plain(billed);
    }

    /** Without zeros at the end, so that equal prices are equal. */
    private static BigDecimal plain(BigDecimal price) {
        var stripped = price.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
