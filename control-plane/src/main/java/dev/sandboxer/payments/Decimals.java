package dev.sandboxer.payments;

import java.math.BigDecimal;

/** The form of decimals in prices and bills: no trailing zeros, no exponent. */
public final class Decimals {
    private Decimals() {}

    /** Returns the same number without trailing zeros and with a scale of at least 0, so that equal numbers are equal objects. */
    public static BigDecimal plain(BigDecimal value) {
        if (value.signum() == 0) {
            return BigDecimal.ZERO;
        }
        var stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
