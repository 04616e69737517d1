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
 * Runs commands in this JVM. Each opens and closes the installation, as a separate process would. Use {@link #process} for tests of
 * signals, the exit of the process or the start-up cache. Thread-safe.
 *
 * <p>Tests keep it in a field with {@code @AutoClose}: a static field for all tests of a class, or else one for each test.
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
        Redactor.registerEnvironment(environment);
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

    /** Returns the directories of sandboxes that are left on this host. */
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

    /** Ends all sandboxes and removes the home. A second call does nothing. */
    @Override
    public void close() {
        if (!Files.exists(home)) {
            return;
        }
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
