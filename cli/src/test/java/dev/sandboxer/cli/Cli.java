package dev.sandboxer.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs the built distribution on a home of its own. A test has it in a field with {@code @AutoClose}: what is static is for
 * all tests of the class, else each has a new one.
 *
 * @param prefix of the command, to run it as somebody else
 * @param environment on top of ours
 */
public record Cli(Path home, List<String> prefix, Path program, Map<String, String> environment)
        implements AutoCloseable {
    public static final Path BASE = Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
    /** A link to the directory of the latest build. */
    public static final Path DISTRIBUTION = BASE.resolve("target/sandboxer");

    /** A shell starts what runs in its background without interrupts, and so would be all that the tests start. */
    private static final List<String> WITH_SIGNALS = List.of("env", "--default-signal=INT,QUIT");

    /** How a command ended and what it said. */
    public record Result(int status, String out, String err) {
        public String line() {
            return out.strip();
        }
    }

    public Cli(Path home, String... prefix) {
        // as users have it, with the start-up cache, but never made beside the tests: the first command of all
        // waits for it; others than the builder would have to make their own
        this(
                home,
                List.of(prefix),
                DISTRIBUTION.resolve("bin/sandboxer"),
                Map.of("SANDBOXER_AOT", prefix.length == 0 ? "wait" : "off"));
    }

    public static Cli onFreshHome() {
        try {
            return new Cli(Files.createTempDirectory("sbx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Result run(String... arguments) {
        return runWith(new byte[0], arguments);
    }

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

    /** A command that is left running; its output is not read. */
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

    public Cli with(String variable, String value) {
        var all = new HashMap<>(environment);
        all.put(variable, value);
        return new Cli(home, prefix, program, all);
    }

    public Cli with(Path otherProgram) {
        return new Cli(home, prefix, otherProgram, environment);
    }

    /** The id of a fresh sandbox. */
    public String create(String... options) {
        var arguments = new ArrayList<>(List.of("create"));
        arguments.addAll(List.of(options));
        var result = run(arguments.toArray(String[]::new));
        if (result.status() != 0) {
            throw new AssertionError(result.err());
        }
        return result.line();
    }

    /** What is left of sandboxes on this host. */
    public List<Path> directories() {
        return entries(home.resolve("local/s"));
    }

    public static List<Path> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void feed(Process process, byte[] input) {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // a command that doesn't read has ended
        }
    }

    private static String text(java.io.InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all sandboxes and removes the home. */
    @Override
    public void close() {
        if (!directories().isEmpty()) {
            var ended = run("destroy", "--all");
            if (!directories().isEmpty()) {
                throw new AssertionError("left on the host: " + directories() + "; destroy said: " + ended.err());
            }
        }
        try (var files = Files.walk(home)) {
            for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
