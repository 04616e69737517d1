package dev.sandboxer.cli.command;

import java.util.List;
import java.util.stream.Collectors;

/** Writes words as one line of a shell. */
public final class ShellWords {
    private ShellWords() {}

    /** Joins words with blanks. Words are quoted where necessary, so that a shell reads them back unchanged. */
    public static String quoted(List<String> words) {
        return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
