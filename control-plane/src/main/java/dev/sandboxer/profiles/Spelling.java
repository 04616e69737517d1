package dev.sandboxer.profiles;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Quotes user input safely in messages, and suggests similar names. */
public final class Spelling {
    private static final int MAX_SHOWN_LENGTH = 60;
    private static final int MAX_COMPARED_LENGTH = 64;
    private static final int MAX_SUGGESTED = 3;

    private Spelling() {}

    /** Returns the known names that are similar to the text or begin with it; nearest first, at most three. */
    public static List<String> nearest(String text, Collection<String> known) {
        if (text.length() > MAX_COMPARED_LENGTH) {
            return List.of();
        }
        String typed = text.toLowerCase(Locale.ROOT);
        return known.stream()
                .map(name -> new Candidate(name, distance(typed, name.toLowerCase(Locale.ROOT))))
                .filter(candidate -> candidate.isNear(typed))
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(MAX_SUGGESTED)
                .map(Candidate::name)
                .toList();
    }

    /** Returns {@code ; did you mean a, b or c?}, or an empty text without suggestions. */
    public static String didYouMean(List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        String last = names.getLast();
        String others = String.join(", ", names.subList(0, names.size() - 1));
        return "; did you mean " + (others.isEmpty() ? "" : others + " or ") + last + "?";
    }

    /** Returns the text in double quotes, shortened and with unprintable characters escaped. */
    public static String quoted(String text) {
        return '"' + shortened(text) + '"';
    }

    /** Returns the text, shortened and with unprintable characters escaped. */
    public static String shortened(String text) {
        return shortened(text, MAX_SHOWN_LENGTH);
    }

    /** Returns the text up to a length, with everything escaped that could break a line or control a terminal. */
    public static String shortened(String text, int longest) {
        int end = Math.min(text.length(), longest);
        StringBuilder shown = new StringBuilder(end);
        for (int i = 0; i < end; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (isPrintable(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
            }
        }
        return shown.append(end < text.length() ? "..." : "").toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private record Candidate(String name, int distance) {
        boolean isNear(String typed) {
            int length = Math.max(typed.length(), name.length());
            return distance <= Math.max(1, length / 3)
                    || typed.length() > 1 && name.toLowerCase(Locale.ROOT).startsWith(typed);
        }
    }

    /** Returns the number of insertions, deletions, replacements and swaps of neighbours between two texts. */
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
