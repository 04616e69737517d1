package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.cli.terminal.Terminal;
import dev.sandboxer.config.Durations;
import dev.sandboxer.extension.session.ProcessSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Options of {@code run} and {@code exec}: how a command runs inside. */
final class ProcessOptions {
    private final Syntax syntax;
    private final Map<String, String> environment;
    private final Supplier<Boolean> interactive;
    private final Supplier<Boolean> tty;
    private final Supplier<List<String>> env;
    private final Supplier<@Nullable String> cwd;
    private final Supplier<@Nullable String> user;
    private final Supplier<@Nullable Duration> timeout;

    /** @param environment ours, whose variables may be passed on by name */
    ProcessOptions(Syntax syntax, Map<String, String> environment) {
        this.syntax = syntax;
        this.environment = environment;
        interactive = syntax.flag("-i, --interactive", "Pass our standard input on.");
        tty = syntax.flag("-t, --tty", "On a terminal of its own, with our keys, colours and size.");
        env = syntax.options("-e, --env", "KEY[=VALUE]", "A variable; without a value, ours of that name. Repeatable.");
        cwd = syntax.option("-w, --cwd", "DIR", "Working directory (default: the user's home).");
        user = syntax.option("-u, --user", "USER", "Who runs it (default: user).");
        timeout = syntax.option("--timeout", "TIME", "Kill the command after that time, e.g. 30s.", Durations::parse);
    }

    ProcessSpec spec(List<String> words) {
        if (words.getFirst().isEmpty()) {
            throw syntax.usageError("the command is empty");
        }
        if (words.getFirst().startsWith("-")) {
            throw syntax.usageError(
                    "\"" + words.getFirst() + "\" is not a command; options go before the sandbox and the command");
        }
        var limit = timeout.get();
        if (limit != null && limit.isZero()) {
            throw syntax.usageError("a time-out of 0 leaves no time at all");
        }
        if (needsRawTerminal() && !Terminal.isInput()) {
            throw syntax.usageError("-t needs a terminal to read from, and the input is none; leave it out");
        }
        return ProcessSpec.builder(words)
                .env(variables())
                .cwd(cwd.get())
                .user(user.get())
                .stdin(interactive.get())
                .pty(tty.get() ? Terminal.size() : null)
                .timeout(limit)
                .build();
    }

    /** Returns true if our own terminal has to be in raw mode. */
    boolean needsRawTerminal() {
        return tty.get() && interactive.get();
    }

    private Map<String, String> variables() {
        var variables = new LinkedHashMap<String, String>();
        for (String assignment : env.get()) {
            var equals = assignment.indexOf('=');
            var name = equals < 0 ? assignment : assignment.substring(0, equals);
            var value = equals < 0 ? environment.get(name) : assignment.substring(equals + 1);
            if (name.isEmpty() || assignment.indexOf('\0') >= 0) {
                throw syntax.usageError("\"" + assignment + "\" is not KEY=VALUE or KEY");
            }
            if (value != null) {
                variables.put(name, value);
            }
        }
        return variables;
    }
}
