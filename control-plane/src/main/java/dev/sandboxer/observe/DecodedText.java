package dev.sandboxer.observe;

import java.util.Map;

/**
 * A text with escapes of HTML, URLs and JSON undone, and the position of each character in the original text.
 *
 * @param text the decoded text
 * @param origins where each character begins in the original text; one more entry for the end
 */
record DecodedText(String text, int[] origins) {
    private static final int MAX_ENTITY_LENGTH = 10;
    private static final Map<String, Character> ENTITIES =
            Map.of("amp", '&', "lt", '<', "gt", '>', "quot", '"', "apos", '\'');

    /** Returns the text as it is, before any decoding. */
    static DecodedText of(String text) {
        var origins = new int[text.length() + 1];
        for (int i = 0; i < origins.length; i++) {
            origins[i] = i;
        }
        return new DecodedText(text, origins);
    }

    /** Returns false if the text certainly contains no escapes. */
    boolean mayHaveEscapes() {
        return text.indexOf('%') >= 0 || text.indexOf('&') >= 0 || text.indexOf('\\') >= 0;
    }

    /** Undoes one level of escapes. Origins still refer to the original text. */
    DecodedText decode() {
        var clear = new StringBuilder(text.length());
        var from = new int[text.length() + 1];
        int at = 0;
        while (at < text.length()) {
            from[clear.length()] = origins[at];
            at = next(at, clear);
        }
        from[clear.length()] = origins[at];
        return new DecodedText(clear.toString(), from);
    }

    /** Appends the character that begins at {@code at}; returns where the next one begins. */
    private int next(int at, StringBuilder clear) {
        var first = text.charAt(at);
        var code = -1;
        var end = at + 1;
        if (first == '%') {
            end = at + 3;
            code = hex(at + 1, end);
        } else if (first == '\\' && at + 1 < text.length()) {
            var escaped = text.charAt(at + 1);
            end = escaped == 'u' ? at + 6 : at + 2;
            code = escaped == 'u' ? hex(at + 2, end) : "\"\\/'".indexOf(escaped) < 0 ? -1 : escaped;
        } else if (first == '&') {
            var semicolon = text.indexOf(';', at);
            if (semicolon > at + 1 && semicolon - at <= MAX_ENTITY_LENGTH) {
                end = semicolon + 1;
                code = entity(text.substring(at + 1, semicolon));
            }
        }
        if (code < 0 || code > Character.MAX_VALUE) {
            clear.append(first);
            return at + 1;
        }
        clear.append((char) code);
        return end;
    }

    private static int entity(String name) {
        if (!name.startsWith("#")) {
            var named = ENTITIES.get(name);
            return named == null ? -1 : named;
        }
        var hex = name.length() > 1 && (name.charAt(1) == 'x' || name.charAt(1) == 'X');
        return number(name.substring(hex ? 2 : 1), hex ? 16 : 10);
    }

    private int hex(int from, int to) {
        return to > text.length() ? -1 : number(text.substring(from, to), 16);
    }

    private static int number(String digits, int radix) {
        var value = digits.isEmpty() ? -1 : 0;
        for (int i = 0; i < digits.length() && value >= 0; i++) {
            var digit = Character.digit(digits.charAt(i), radix);
            value = digit < 0 ? -1 : value * radix + digit;
        }
        return value;
    }
}
