package dev.sandboxer.payments.rates;

import java.math.BigDecimal;

/**
 * The part of a consumer's price that comes on top of the backend's.
 *
 * @param markup added to the backend's price if we pay the backend; 0.2 = 20 %
 * @param platformFee our share of the backend's price if the consumer pays the backend itself; 0.05 = 5 %
 */
public record PriceRules(BigDecimal markup, BigDecimal platformFee) {
    public static final PriceRules NONE = new PriceRules(BigDecimal.ZERO, BigDecimal.ZERO);
}
