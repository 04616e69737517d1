package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.cli.sandboxes.create.Variables;
import dev.sandboxer.cli.terminal.Terminal;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.extension.session.ProcessSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Options of {@code run} and {@code exec} that say how the command runs. */
final class ProcessOptions {
    private final Syntax syntax;
    private final Supplier<Boolean> interactive;
    private final Supplier<Boolean> tty;
    private final Variables env;
    private final Supplier<@Nullable String> cwd;
    private final Supplier<@Nullable String> user;
    private final Supplier<@Nullable Duration> timeout;

    /**
     * Declares the options.
     *
     * @param environment of this process; its variables may be passed on by name
     */
    ProcessOptions(Syntax syntax, Map<String, String> environment) {
        this.syntax = syntax;
        interactive = syntax.flag("-i, --interactive", "Pass standard input to the command.");
        tty = syntax.flag("-t, --tty", "Give the command a terminal of the size of yours.");
        env = new Variables(syntax, environment);
        cwd = syntax.option("-w, --cwd", "DIR", "Working directory (default: the user's home).");
        user = syntax.option("-u, --user", "USER", "User to run it as (default: user).");
        timeout = syntax.option("--timeout", "TIME", "Kill the command after this time, e.g. 30s.", Durations::parse);
    }

    ProcessSpec spec(List<String> words) {
        return spec(words, cwd.get());
    }

    /** Returns the working directory that was asked for; null = the user's home. */
    @Nullable String cwd() {
        return cwd.get();
    }

    /** Returns the user to run the command as; null = the default user. */
    @Nullable String user() {
        return user.get();
    }

    /**
     * Returns the process to start in another directory than {@link #cwd}.
     *
     * @param directory working directory; null = the user's home
     */
    ProcessSpec spec(List<String> words, @Nullable String directory) {
        if (words.getFirst().isEmpty()) {
            throw syntax.usageError("the command is empty");
        }
        if (words.getFirst().startsWith("-")) {
            throw syntax.usageError(
                    "\"" + words.getFirst() + "\" is not a command; options go before the sandbox and the command");
        }
        var limit = timeout.get();
        if (limit != null && limit.isZero()) {
            throw syntax.usageError("--timeout must be above 0");
        }
        if (needsRawTerminal() && !Terminal.isInput()) {
            throw syntax.usageError("-t needs a terminal, but standard input is not one; leave it out");
        }
        return ProcessSpec.builder(words)
                .env(env.get())
                .cwd(directory)
                .user(user.get())
                .stdin(interactive.get())
                .pty(tty.get() ? Terminal.size() : null)
                .timeout(limit)
                .build();
    }

    /** Returns true if the command gets a terminal. */
    boolean hasTerminal() {
        return tty.get();
    }

    /** Returns true if this process's terminal has to be in raw mode. */
    boolean needsRawTerminal() {
        return tty.get() && interactive.get();
    }
}
