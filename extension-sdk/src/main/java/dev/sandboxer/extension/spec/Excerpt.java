package dev.sandboxer.extension.spec;

/** Quotes a text in a message: cut at 100 characters, control characters replaced. */
final class Excerpt {
    private static final int LONGEST = 100;

    private Excerpt() {}

    static String of(String text) {
        var printable = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return "\"" + printable.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}
