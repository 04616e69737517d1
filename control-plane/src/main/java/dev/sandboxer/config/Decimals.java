package dev.sandboxer.config;

/** Numbers such as {@code 2} and {@code 0.5}: ASCII digits with at most one point inside, no sign, no exponent. */
final class Decimals {
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

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
