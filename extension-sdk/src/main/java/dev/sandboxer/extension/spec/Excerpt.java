package dev.sandboxer.extension.spec;

/** As much of a text as a message may repeat. */
final class Excerpt {
    private static final int LONGEST = 100;

    private Excerpt() {}

    static String of(String text) {
        var printable = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return "\"" + printable.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}
