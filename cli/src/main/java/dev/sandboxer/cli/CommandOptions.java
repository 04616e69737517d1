package dev.sandboxer.cli;

import dev.sandboxer.extension.ProcessSpec;
import dev.sandboxer.extension.PtySize;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of commands that run a command inside. */
@SuppressWarnings("NullAway.Init")
final class CommandOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(
            names = {"-i", "--interactive"},
            description = "Pass our standard input on.")
    boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "On a terminal of its own, with our keys, colours and size.")
    boolean tty;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "KEY[=VALUE]",
            description = "A variable; without a value, ours of that name. Repeatable.")
    List<String> env = List.of();

    @Option(
            names = {"-w", "--cwd"},
            paramLabel = "DIR",
            description = "Working directory (default: the user's home).")
    @Nullable String cwd;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "Who runs it (default: user).")
    @Nullable String user;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Units.Time.class,
            description = "Kill the command after that time, e.g. 30s.")
    @Nullable Duration timeout;

    ProcessSpec spec(List<String> words) {
        if (words.getFirst().isEmpty()) {
            throw wrong("the command is empty");
        }
        if (words.getFirst().startsWith("-")) {
            throw wrong("\"" + words.getFirst() + "\" is not a command; options go before the sandbox and the command");
        }
        if (timeout != null && timeout.isZero()) {
            throw wrong("a time-out of 0 leaves no time at all");
        }
        if (needsRawTerminal() && !Terminal.isInput()) {
            throw wrong("-t needs a terminal to read from, and the input is none; leave it out");
        }
        return ProcessSpec.of(words)
                .withEnv(variables())
                .withCwd(cwd)
                .withUser(user)
                .withStdin(interactive)
                .withPty(tty ? Terminal.size() : null)
                .withTimeout(timeout);
    }

    /** Whether our own terminal has to be put into raw mode. */
    boolean needsRawTerminal() {
        return tty && interactive;
    }

    private Map<String, String> variables() {
        var variables = new LinkedHashMap<String, String>();
        for (String assignment : env) {
            var equals = assignment.indexOf('=');
            var name = equals < 0 ? assignment : assignment.substring(0, equals);
            var value = equals < 0 ? System.getenv(name) : assignment.substring(equals + 1);
            if (name.isEmpty() || assignment.indexOf('\0') >= 0) {
                throw wrong("\"" + assignment + "\" is not KEY=VALUE or KEY");
            }
            if (value != null) {
                variables.put(name, value);
            }
        }
        return variables;
    }

    private ParameterException wrong(String text) {
        return new ParameterException(command.commandLine(), text);
    }

    /** The size a terminal has when there is none to ask. */
    static final PtySize USUAL_SIZE = new PtySize(80, 24);
}
