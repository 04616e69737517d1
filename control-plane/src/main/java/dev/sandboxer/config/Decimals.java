package dev.sandboxer.config;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Numbers such as {@code 2} and {@code 0.5}: ASCII digits with at most one point inside, no sign, no exponent. */
final class Decimals {
    private static final Pattern DECIMAL = Pattern.compile("[0-9]+(\\.[0-9]+)?");
    private static final int MAX_LENGTH = 20;
    private static final int MAX_SCALE = 6;

    private Decimals() {}

    static boolean isDecimal(String text) {
        return DECIMAL.matcher(text).matches();
    }

    /** Returns true for a decimal with more digits than anybody needs; to be refused before it is calculated with. */
    static boolean hasTooManyDigits(String decimal) {
        return decimal.length() > MAX_LENGTH
                || new BigDecimal(decimal).stripTrailingZeros().scale() > MAX_SCALE;
    }
}
