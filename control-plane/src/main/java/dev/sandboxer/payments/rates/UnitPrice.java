package dev.sandboxer.payments.rates;

import dev.sandboxer.payments.Decimals;
import java.math.BigDecimal;

/**
 * The price of one unit of a meter, in the billing currency.
 *
 * @param list on the backend's price list; for the platform fee, the fee itself
 * @param billed the price that the consumer pays us
 */
public record UnitPrice(BigDecimal list, BigDecimal billed) {
    static final UnitPrice FREE = new UnitPrice(BigDecimal.ZERO, BigDecimal.ZERO);

    public UnitPrice {
        list = Decimals.plain(list);
        billed = Decimals.plain(billed);
    }
}
