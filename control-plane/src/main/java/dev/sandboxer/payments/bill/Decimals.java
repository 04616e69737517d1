package dev.sandboxer.payments.bill;

import java.math.BigDecimal;

/** Decimals as they stand in bills: without zeros at the end, and without an exponent. */
final class Decimals {
    private Decimals() {}

    static BigDecimal plain(BigDecimal value) {
        if (value.signum() == 0) {
            return BigDecimal.ZERO;
        }
        var stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
