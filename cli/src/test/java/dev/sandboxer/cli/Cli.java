package dev.sandboxer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.cli.command.Installation;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.Home;
import dev.sandboxer.observe.Redactor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs commands in this JVM, each on an installation that it opens and closes, as a process of its own would. What makes a
 * process special, such as signals, its exit and its start-up cache, is for {@link #process}. Thread-safe.
 *
 * <p>A test has it in a field with {@code @AutoClose}: a static one is for all tests of the class, else each test has its own.
 *
 * @param environment the variables that commands see
 */
public record Cli(Path home, Map<String, String> environment) implements Commands, AutoCloseable {
    public Cli(Path home) {
        this(home, System.getenv());
    }

    public static Cli onFreshHome() {
        try {
            return new Cli(Files.createTempDirectory("sbx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Result runWith(byte[] input, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console = new Console(new ByteArrayInputStream(input), out, err);
        Redactor.knowEnvironment(environment);
        try (var installation = new Installation(new Home(home), environment, console)) {
            var status = Main.run(installation, console, arguments);
            return new Result(status, out.toString(UTF_8), err.toString(UTF_8));
        }
    }

    public Cli with(String variable, String value) {
        return with(Map.of(variable, value));
    }

    public Cli with(Map<String, String> variables) {
        var all = new HashMap<>(environment);
        all.putAll(variables);
        return new Cli(home, all);
    }

    /** Runs the built distribution as processes, with this home and environment. */
    public CliProcess process() {
        return new CliProcess(home).with(environment);
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
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
