package dev.sandboxer.cli.templates;

import dev.sandboxer.cli.command.ShellWords;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One instruction of a Dockerfile.
 *
 * @param file name of the Dockerfile, for messages
 * @param number of the line that the instruction begins in
 * @param name in capitals
 * @param rest text after the name
 */
record DockerfileLine(String file, int number, String name, String rest) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Splits a Dockerfile into instructions. Lines that end with a backslash are joined; comments and empty lines are skipped. */
    static List<DockerfileLine> of(String file, String content) {
        var found = new ArrayList<DockerfileLine>();
        var open = new StringBuilder();
        var begin = 0;
        var number = 0;
        for (String raw : content.split("\n", -1)) {
            number++;
            var line = raw.strip();
            if (line.startsWith("#") || line.isEmpty()) {
                continue;
            }
            if (open.isEmpty()) {
                begin = number;
            }
            if (line.endsWith("\\")) {
                open.append(line, 0, line.length() - 1).append(' ');
                continue;
            }
            found.add(instruction(file, begin, open.append(line).toString()));
            open.setLength(0);
        }
        if (!open.isEmpty()) {
            found.add(instruction(file, begin, open.toString()));
        }
        return found;
    }

    private static DockerfileLine instruction(String file, int number, String text) {
        var parts = text.strip().split("\\s+", 2);
        return new DockerfileLine(
                file, number, parts[0].toUpperCase(Locale.ROOT), parts.length == 2 ? parts[1].strip() : "");
    }

    /** Returns the exception for this instruction, with file and line number. */
    SandboxException refused(String why) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, file + ":" + number + ": " + why);
    }

    /** Returns true for the exec form, a JSON array of words that no shell interprets. */
    boolean isWords() {
        return rest.startsWith("[");
    }

    /** Returns the words of the exec form. */
    List<String> words() {
        try {
            var words = new ArrayList<String>();
            for (JsonNode word : JSON.readTree(rest)) {
                words.add(word.stringValue());
            }
            return words;
        } catch (JacksonException e) {
            throw refused(name + " with [ needs a list of strings in double quotes");
        }
    }

    /** Returns the command as a line for a shell. */
    String command() {
        if (rest.isEmpty()) {
            throw refused(name + " needs a command");
        }
        return isWords() ? ShellWords.quoted(words()) : rest;
    }
}
