package dev.sandboxer.extension.spec;

/** Quotes a text for a message: cut at 100 characters, control characters replaced by {@code ?}. */
final class Quoted {
    private static final int MAX_LENGTH = 100;

    private Quoted() {}

    static String of(String text) {
        var printable = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
        return "\"" + printable.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}
