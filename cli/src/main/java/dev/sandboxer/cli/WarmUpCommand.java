package dev.sandboxer.cli;

import dev.sandboxer.config.Home;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Runs what people run, so that the JVM can record in its cache what that needs. Each class in there costs every command a
 * few microseconds: what a home needs once only, such as migrations, is to have happened before in the same home.
 */
final class WarmUpCommand extends SandboxerCommand {
    private final Supplier<Path> directory = syntax.word("DIR", "The home to do it in.", Path::of);

    WarmUpCommand(Context context) {
        super(context, "Exercise the common commands, to make the start-up cache.");
        syntax.hide();
    }

    @Override
    public Integer call() {
        var id = run("create", "--ttl", "60s").strip();
        run("ls");
        run("ls", "--json");
        if (!id.isEmpty()) {
            run("exec", id, "/bin/echo", "warm");
            run("show", id);
            run("show", id, "--json");
            run("cp", "/etc/hostname", id + ":warm");
            run("cp", id + ":warm", "-");
            run("extend", id, "30s");
            run("destroy", id);
        }
        run("run", "--ttl", "60s", "--", "/bin/true");
        run("profiles");
        run("route");
        return 0;
    }

    /** What fails on this host fails silently: this is about which classes are used, not about results. */
    private String run(String... arguments) {
        var output = new ByteArrayOutputStream();
        var quiet = new Console(new ByteArrayInputStream(new byte[0]), output, OutputStream.nullOutputStream());
        try (var own = new Installation(new Home(directory.get()), quiet)) {
            Main.commandLine(own, quiet, arguments).execute(arguments);
            quiet.flush();
        }
        return output.toString(java.nio.charset.StandardCharsets.UTF_8);
    }
}
