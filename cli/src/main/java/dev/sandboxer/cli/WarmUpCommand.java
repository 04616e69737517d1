package dev.sandboxer.cli;

import dev.sandboxer.config.Home;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import picocli.CommandLine.Command;

/** Runs what people run, in a home of its own, so that the JVM can record in its cache what that needs. */
@Command(name = "warm-up", hidden = true, description = "Exercise the common commands, to make the start-up cache.")
final class WarmUpCommand extends SandboxerCommand {
    @Override
    public Integer call() throws IOException {
        var directory = Files.createTempDirectory("sandboxer-warm-up");
        try {
            var id = run(directory, "create", "--ttl", "60s").strip();
            run(directory, "ls");
            run(directory, "ls", "--json");
            if (!id.isEmpty()) {
                run(directory, "exec", id, "/bin/echo", "warm");
                run(directory, "show", id);
                run(directory, "show", id, "--json");
                run(directory, "cp", "/etc/hostname", id + ":warm");
                run(directory, "cp", id + ":warm", "-");
                run(directory, "extend", id, "30s");
                run(directory, "destroy", id);
            }
            run(directory, "run", "--ttl", "60s", "--", "/bin/true");
            run(directory, "profiles");
            run(directory, "route");
            return 0;
        } finally {
            remove(directory);
        }
    }

    /** What fails on this host fails silently: this is about which classes are used, not about results. */
    private static String run(Path directory, String... arguments) {
        var output = new ByteArrayOutputStream();
        var quiet = new Console(new ByteArrayInputStream(new byte[0]), output, OutputStream.nullOutputStream());
        try (var own = new Installation(new Home(directory), quiet)) {
            Main.commandLine(own, quiet, arguments).execute(arguments);
            quiet.flush();
        }
        return output.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void remove(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
