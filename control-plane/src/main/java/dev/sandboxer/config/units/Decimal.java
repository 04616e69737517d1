package dev.sandboxer.config.units;

import org.jspecify.annotations.Nullable;

/**
 * A number such as {@code 2} or {@code 0.5}, exact to a millionth. Long arithmetic, since {@code BigDecimal} and patterns
 * would cost a starting command some milliseconds.
 *
 * @param millionths below a million
 */
public record Decimal(long whole, int millionths) {
    public static final int ONE = 1_000_000;
    private static final int FRACTION_DIGITS = 6;

    /** Returns true for ASCII digits with at most one point inside: no sign, no exponent. */
    public static boolean isDecimal(String text) {
        int point = text.indexOf('.');
        return point < 0 ? isDigits(text) : isDigits(text.substring(0, point)) && isDigits(text.substring(point + 1));
    }

    /** Reads a text that {@link #isDecimal} accepts. Returns null for a number with more digits than this class holds. */
    public static @Nullable Decimal read(String decimal) {
        int point = decimal.indexOf('.');
        String whole = point < 0 ? decimal : decimal.substring(0, point);
        String fraction = (point < 0 ? "" : decimal.substring(point + 1)) + "0".repeat(FRACTION_DIGITS);
        if (hasNonZero(fraction.substring(FRACTION_DIGITS))) {
            return null;
        }
        try {
            return new Decimal(Long.parseLong(whole), Integer.parseInt(fraction.substring(0, FRACTION_DIGITS)));
        } catch (NumberFormatException tooLarge) {
            return null;
        }
    }

    private static boolean hasNonZero(String digits) {
        return !digits.equals("0".repeat(digits.length()));
    }

    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
