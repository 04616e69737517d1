package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A process to be started by {@code launch.sh}.
 *
 * @param mark marks the script's reports within the process's output; random, so that other output doesn't contain it by chance
 */
record Launch(ProcessSpec spec, String defaultUser, String mark) {
    /** The longest line to pass as an argument, in bytes: backends limit the total length of a command's arguments. */
    private static final int MAX_ARGUMENT_LENGTH = 32 << 10;

    private static final Duration STORING = Duration.ofSeconds(60);

    static Launch of(ProcessSpec spec, String defaultUser) {
        spec.argv().forEach(Launch::requireNoNul);
        spec.env().forEach((name, value) -> {
            requireNoNul(value);
            requireNoNul(name);
            if (name.isEmpty() || name.startsWith("-") || name.indexOf('=') >= 0) {
                throw new OperationException(Reason.INVALID, "not the name of a variable: " + name);
            }
        });
        requireNoNul(Objects.requireNonNullElse(spec.cwd(), ""));
        requireNoNul(Objects.requireNonNullElse(spec.user(), ""));
        return new Launch(spec, defaultUser, "sandboxer-" + UUID.randomUUID());
    }

    private static void requireNoNul(String word) {
        if (word.indexOf('\0') >= 0) {
            throw new OperationException(Reason.INVALID, "a command must not contain NUL");
        }
    }

    /**
     * Starts the script and passes the command to it as one line of shell.
     *
     * <p>On a terminal the line is passed as an argument, or in a file if it is long. Otherwise it is the first line of the input, except
     * that a short command without input and variables is an argument, which saves a call. Variables are never passed that way, because
     * other users in the sandbox can see arguments.
     */
    Execution start(Exec exec) {
        var words = words();
        var isShort = words.getBytes(StandardCharsets.UTF_8).length <= MAX_ARGUMENT_LENGTH;
        if (spec.pty() != null) {
            var argv = isShort
                    ? Shell.argv(Scripts.LAUNCH, Scripts.BEGIN, Scripts.SIGNAL, words)
                    : Shell.argv(Scripts.LAUNCH, Scripts.BEGIN, Scripts.SIGNAL, "", store(exec, words));
            return exec.start(new Command(argv, true, null, spec.pty()));
        }
        if (!spec.stdin() && spec.env().isEmpty() && isShort) {
            var argv = Shell.argv(Scripts.LAUNCH, Scripts.BEGIN, Scripts.SIGNAL, words);
            return exec.start(new Command(argv, false, null, null, true));
        }
        return startAndWrite(exec, words + "\n");
    }

    private Execution startAndWrite(Exec exec, String words) {
        var argv = Shell.argv(Scripts.LAUNCH, Scripts.BEGIN, Scripts.SIGNAL);
        var execution = exec.start(new Command(argv, true, null, null, true));
        try {
            var line = words.getBytes(StandardCharsets.UTF_8);
            if (spec.stdin()) {
                execution.writeInput(line, 0, line.length);
            } else {
                execution.writeLastInput(line);
            }
            return execution;
        } catch (OperationException | ExtensionException e) {
            if (e instanceof OperationException end && Failures.isEndOfInput(end)) {
                return execution; // the script's output reports why
            }
            execution.close();
            throw e;
        }
    }

    /** Stores the line in a file inside the sandbox, which the script deletes. Returns the file's path. */
    private static String store(Exec exec, String words) {
        var path = "/tmp/.sandboxer-" + UUID.randomUUID();
        var execution = exec.start(new Command(Shell.argv("umask 077; cat >\"$1\"", path), true, STORING, null));
        try (var output = new CommandOutput(execution, "storing a long command in /tmp", null, STORING)) {
            execution.writeLastInput(words.getBytes(StandardCharsets.UTF_8));
            output.requireSuccess();
        }
        return path;
    }

    private String words() {
        var words = new ArrayList<String>();
        words.add(mark);
        words.add(spec.user() == null ? defaultUser : spec.user());
        words.add(Objects.requireNonNullElse(spec.cwd(), ""));
        words.add(spec.pty() != null ? "terminal" : spec.stdin() ? "pipe" : "none");
        words.add(seconds(spec.timeout()));
        words.add(spec.argv().getFirst());
        words.add(spec.env().getOrDefault("PATH", ""));
        spec.env().forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(argv());
        return String.join(" ", words.stream().map(Launch::quote).toList());
    }

    /** Returns the arguments for {@code env}. Wraps a program with = in its name, which {@code env} would take for a variable. */
    private List<String> argv() {
        if (spec.argv().getFirst().indexOf('=') < 0) {
            return spec.argv();
        }
        var argv = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$0\" \"$@\""));
        argv.addAll(spec.argv());
        return argv;
    }

    /** Returns the limit in seconds, rounded up; empty = none. */
    private static String seconds(@Nullable Duration limit) {
        return limit == null
                ? ""
                : Long.toString(limit.plusSeconds(1).minusNanos(1).toSeconds());
    }

    /** Quotes a word for the shell, in a single line. */
    private static String quote(String word) {
        return "'" + word.replace("'", "'\\''").replace("\n", "'\"$sbx_nl\"'") + "'";
    }
}
