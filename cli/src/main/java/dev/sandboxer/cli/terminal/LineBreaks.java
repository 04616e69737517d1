package dev.sandboxer.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines: after a blank or a comma if possible, else after one of {@code -./:}, else anywhere. */
final class LineBreaks {
    private LineBreaks() {}

    /** Returns the lines of a text, each at most {@code width} characters long; one empty line for an empty text. */
    static List<String> broken(String text, int width) {
        var lines = new ArrayList<String>();
        var rest = text;
        while (rest.length() > width) {
            var end = end(rest, width);
            if (Character.isHighSurrogate(rest.charAt(end - 1)) && end > 1) {
                end--;
            }
            lines.add(rest.substring(0, end).stripTrailing());
            rest = rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    private static int end(String text, int width) {
        for (int i = width; i > 0; i--) {
            if (text.charAt(i) == ' ' || text.charAt(i - 1) == ' ' || text.charAt(i - 1) == ',') {
                return i;
            }
        }
        for (int i = width; i > width / 2; i--) {
            if ("-./:".indexOf(text.charAt(i - 1)) >= 0) {
                return i;
            }
        }
        return width;
    }

    /** Returns the length of the longest part that {@link #broken} keeps together if the width allows it. */
    static int longestWord(String text) {
        var longest = 0;
        var length = 0;
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            length = c == ' ' ? 0 : length + 1;
            longest = Math.max(longest, length);
            if (c == ',') {
                length = 0;
            }
        }
        return longest;
    }
}
