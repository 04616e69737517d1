package dev.sandboxer.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.docs.DocPage.Step;
import java.nio.file.Path;

/** A block of commands after {@code $} with their output. A run must print the same, except for numbers and ids. */
record Transcript(String path, Step step) {
    private static final String PROMPT = "$ ";

    /** Returns a script that runs the commands and writes their output and errors to a file. */
    String script(Path output) {
        var script = new StringBuilder(": >" + output + "\n");
        step.text()
                .lines()
                .filter(line -> line.startsWith(PROMPT))
                .forEach(line -> script.append("{ ")
                        .append(line.substring(PROMPT.length()))
                        .append("; } >>")
                        .append(output)
                        .append(" 2>&1 || true\n"));
        return script.toString();
    }

    void compare(String output) {
        var said = output.lines().map(Transcript::masked).toList();
        step.text()
                .lines()
                .filter(line -> !line.startsWith(PROMPT) && !line.isBlank())
                .forEach(line -> assertThat(said)
                        .as(path + ":" + step.line() + " promises: " + line + "\nsaid was:\n" + output)
                        .contains(masked(line)));
    }

    private static String masked(String line) {
        return line.replaceAll("\\b[a-z][a-z0-9]*[0-9][a-z0-9]*\\b", "ID")
                .replaceAll("[0-9]+([.:,TZ-]+[0-9]+)*Z?", "N")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
