package dev.sandboxer.payments;

import java.math.BigDecimal;

/** Decimals as they stand in prices and bills: without zeros at the end, and without an exponent. */
public final class Decimals {
    private Decimals() {}

    /** The same number, written as it is shown; equal numbers are equal objects then. */
    public static BigDecimal plain(BigDecimal value) {
        if (value.signum() == 0) {
            return BigDecimal.ZERO;
        }
        var stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
