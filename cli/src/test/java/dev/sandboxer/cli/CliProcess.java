package dev.sandboxer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs the built distribution as users do: one process for each command, with the start-up cache, which the first command creates
 * and waits for.
 *
 * @param prefix of the command line, for example to run it as another user
 * @param environment variables on top of this process's own
 */
public record CliProcess(Path home, List<String> prefix, Path program, Map<String, String> environment)
        implements Commands {
    static final Path BASE = Path.of(System.getProperty("basedir", ".")).toAbsolutePath();

    /** A link to the directory of the latest build. */
    static final Path DISTRIBUTION = BASE.resolve("target/sandboxer");

    /** The launcher of the latest build. */
    public static final Path PROGRAM = DISTRIBUTION.resolve("bin/sandboxer");

    /**
     * Prefix that resets ignored signals. A program inherits them, for example interrupts in the background of a shell and hang-ups
     * below {@code nohup}.
     */
    static final List<String> WITH_SIGNALS = List.of("env", "--default-signal=HUP,INT,QUIT,TERM");

    public CliProcess(Path home) {
        this(home, List.of(), PROGRAM, Map.of("SANDBOXER_AOT", "wait"));
    }

    @Override
    public Result runWith(byte[] input, String... arguments) {
        var process = start(arguments);
        try {
            var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            var feed = Thread.ofVirtual().start(() -> feed(process, input));
            var out = text(process.getInputStream());
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(Arrays.toString(arguments) + " did not end; it said: " + out + err.join());
            }
            feed.join();
            return new Result(process.exitValue(), out, err.join());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a command and does not read its output. */
    public Process start(String... arguments) {
        var command = new ArrayList<>(WITH_SIGNALS);
        command.addAll(prefix);
        command.add(program.toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.environment().put("SANDBOXER_HOME", home.toString());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public CliProcess with(String variable, String value) {
        return with(Map.of(variable, value));
    }

    public CliProcess with(Map<String, String> variables) {
        var all = new HashMap<>(environment);
        all.putAll(variables);
        return new CliProcess(home, prefix, program, all);
    }

    public CliProcess with(Path otherProgram) {
        return new CliProcess(home, prefix, otherProgram, environment);
    }

    /** Returns a copy that runs commands as arguments of another command. */
    public CliProcess behind(String... command) {
        return new CliProcess(home, List.of(command), program, environment);
    }

    private static void feed(Process process, byte[] input) {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // the command ended without reading its input
        }
    }

    private static String text(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
