package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.cli.command.ShellWords;
import dev.sandboxer.observe.Redactor;
import java.util.List;

/** Formats a command as one could type it into a shell, without secrets. */
final class CommandText {
    private static final int MAX_LENGTH = 1000;

    private CommandText() {}

    /** Returns at most {@value #MAX_LENGTH} characters; a longer text ends with dots. */
    static String of(List<String> words) {
        var text = Redactor.clean(ShellWords.quoted(words));
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 3) + "...";
    }
}
