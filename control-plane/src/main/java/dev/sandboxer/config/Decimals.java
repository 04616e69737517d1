package dev.sandboxer.config;

/**
 * Numbers such as {@code 2} and {@code 0.5}: ASCII digits with at most one point inside, no sign, no exponent. Exact,
 * but without BigDecimal, whose first use costs a starting JVM 10 ms.
 */
final class Decimals {
    private static final int FINEST = 6;
    private static final int LONGEST = 20;

    private Decimals() {}

    /** Where the digits and points at the beginning of the text end. */
    static int end(String text) {
        int at = 0;
        while (at < text.length() && (text.charAt(at) == '.' || isDigit(text.charAt(at)))) {
            at++;
        }
        return at;
    }

    static boolean isDecimal(String text) {
        if (text.isEmpty() || end(text) != text.length()) {
            return false;
        }
        int point = text.indexOf('.');
        return point < 0 || point > 0 && point < text.length() - 1 && point == text.lastIndexOf('.');
    }

    /** Whether {@link #times} takes it. */
    static boolean hasTooManyDigits(String decimal) {
        return decimal.length() > LONGEST || fraction(decimal).length() > FINEST;
    }

    /**
     * The number times a unit of at most 2^40, or -1 when that isn't whole.
     *
     * @throws ArithmeticException when it is beyond a long
     */
    static long times(String decimal, long unit) {
        int point = decimal.indexOf('.');
        long whole = 0;
        for (int i = 0; i < (point < 0 ? decimal.length() : point); i++) {
            whole = Math.addExact(Math.multiplyExact(whole, 10), decimal.charAt(i) - '0');
        }
        long parts = 0;
        long one = 1;
        for (char digit : fraction(decimal).toCharArray()) {
            parts = parts * 10 + digit - '0';
            one *= 10;
        }
        // Fits: a million times 2^40 is less than 2^60.
        long scaled = parts * unit;
        long product = Math.addExact(Math.multiplyExact(whole, unit), scaled / one);
        return scaled % one == 0 ? product : -1;
    }

    /** The digits behind the point without zeros at the end. */
    private static String fraction(String decimal) {
        int point = decimal.indexOf('.');
        int end = decimal.length();
        while (end - 1 > point && decimal.charAt(end - 1) == '0') {
            end--;
        }
        return point < 0 ? "" : decimal.substring(point + 1, end);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
