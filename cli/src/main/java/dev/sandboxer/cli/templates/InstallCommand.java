package dev.sandboxer.cli.templates;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.command.IoErrorText;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.launch.Probe;
import dev.sandboxer.launch.ReadyCheck;
import dev.sandboxer.templates.Build;
import dev.sandboxer.templates.Bundled;
import dev.sandboxer.templates.TemplateRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Builds a template whose Dockerfile comes with sand-boxer. */
final class InstallCommand extends ExistingSandboxCommand {
    private static final int PORT = 49_999;
    private static final List<String> FILES = List.of(
            "Dockerfile",
            "backlog.py",
            "connection.py",
            "contexts.py",
            "forks.py",
            "gateway.py",
            "kernel.py",
            "languages.py",
            "launch.py",
            "messages.py",
            "server.py",
            "start.sh");

    private final Supplier<String> name = syntax.argument("NAME", "Template to install: code-interpreter.");

    InstallCommand(Context context) {
        super(context, "Build a template that comes with sand-boxer (code-interpreter).");
    }

    @Override
    public Integer call() {
        if (!name.get().equals(Bundled.CODE_INTERPRETER)) {
            throw syntax.usageError("the only template to install is code-interpreter");
        }
        try {
            var directory = Files.createTempDirectory("sandboxer-install");
            try {
                build(directory);
            } finally {
                for (String file : FILES) {
                    Files.deleteIfExists(directory.resolve(file));
                }
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.FILE_REFUSED, IoErrorText.text(e), e);
        }
        console.print("profile." + Bundled.CODE_INTERPRETER);
        return 0;
    }

    private void build(Path directory) throws IOException {
        for (String file : FILES) {
            try (var content = content(file)) {
                Files.copy(content, directory.resolve(file));
            }
        }
        var dockerfile = Files.readString(directory.resolve("Dockerfile"), StandardCharsets.UTF_8);
        // the kernel may still be starting when the port is open; requests wait for it
        var ready = new ReadyCheck(new Probe.Port(PORT), ReadyCheck.DEFAULT_LIMIT);
        var recipe = DockerfileReader.read("Dockerfile", dockerfile, ready);
        var templates = sandboxer().templates();
        templates.settle();
        var waiting = templates.request(consumer(), TemplateRef.parse(Bundled.KERNEL_GATEWAY), List.of(), null, null);
        var built = templates.build(waiting, recipe, new ContextFiles(directory), line -> console.note(line.message()));
        if (built.state() != Build.State.READY) {
            throw new SandboxException(
                    ErrorCode.BUILD_FAILED,
                    Bundled.CODE_INTERPRETER + " was not installed: " + String.valueOf(built.reason()));
        }
    }

    private static InputStream content(String file) throws IOException {
        return Objects.requireNonNull(
                InstallCommand.class.getResourceAsStream("codeinterpreter/" + file),
                () -> "no " + file + " in the jar");
    }
}
