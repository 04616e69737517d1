package dev.sandboxer.cli.templates;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.command.IoErrorText;
import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Ports;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.launch.Probe;
import dev.sandboxer.launch.ReadyCheck;
import dev.sandboxer.templates.Build;
import dev.sandboxer.templates.Recipe;
import dev.sandboxer.templates.TemplateRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

final class BuildCommand extends ExistingSandboxCommand {
    private final Supplier<@Nullable Path> file =
            syntax.file("-f, --file", "FILE", "The Dockerfile (default: Dockerfile in the context).");
    private final Supplier<@Nullable Path> context =
            syntax.file("-C, --context", "DIR", "Directory that COPY reads (default: the Dockerfile's).");
    private final Supplier<List<String>> tags =
            syntax.options("-t, --tag", "TAG", "Further tag of the template. Repeatable.");
    private final Supplier<@Nullable Integer> cpu =
            syntax.option("--cpu", "N", "CPUs of its sandboxes.", Cpus::parseMillis);
    private final Supplier<@Nullable Integer> memory =
            syntax.option("--memory", "SIZE", "Memory of its sandboxes.", Sizes::parseMiB);
    private final Supplier<@Nullable Probe> port = syntax.option(
            "--ready-port",
            "N",
            "Sandboxes are ready when this port is open.",
            text -> new Probe.Port(Ports.parse(text)));
    private final Supplier<@Nullable Probe> url = syntax.option(
            "--ready-url",
            "URL",
            "Sandboxes are ready when this URL answers, e.g. http://localhost:80/.",
            Probe.Url::parse);
    private final Supplier<@Nullable Probe> command = syntax.option(
            "--ready-command", "LINE", "Sandboxes are ready when this shell command succeeds.", Probe.Command::line);
    private final Supplier<@Nullable Duration> within = syntax.option(
            "--ready-within", "TIME", "Longest time until they are ready (default: 1m).", Durations::parsePositive);
    private final Supplier<Boolean> noCache =
            syntax.flag("--no-cache", "Run every step, even if an earlier build has its result.");
    private final Supplier<String> name =
            syntax.argument("NAME[:TAG]", "Name of the template, for create -p, profiles and SDKs.");

    BuildCommand(Context context) {
        super(context, "Build a template from a Dockerfile, in a sandbox.");
    }

    @Override
    public Integer call() {
        var ref = TemplateRef.parse(name.get());
        var recipe = recipe();
        try {
            var files = new ContextFiles(directory());
            var templates = sandboxer().templates();
            templates.settle();
            var waiting = templates.request(consumer(), ref, tags.get(), cpu.get(), memory.get());
            var built = templates.build(
                    waiting,
                    noCache.get() ? recipe.withoutCache() : recipe,
                    files,
                    line -> console.note(line.message()));
            if (built.state() != Build.State.READY) {
                throw new SandboxException(
                        ErrorCode.BUILD_FAILED,
                        "template " + ref.name() + " was not built: "
                                + String.valueOf(built.reason())
                                        .lines()
                                        .findFirst()
                                        .orElse(""));
            }
            console.print(ref.name() + ":" + ref.tag());
            return 0;
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.FILE_REFUSED, IoErrorText.text(e), e);
        }
    }

    private Recipe recipe() {
        var path = Objects.requireNonNullElseGet(file.get(), () -> directory().resolve("Dockerfile"));
        try {
            return DockerfileReader.read(path.toString(), Files.readString(path), ready());
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.FILE_REFUSED, IoErrorText.text(e), e);
        }
    }

    private Path directory() {
        var named = context.get();
        if (named != null) {
            return named;
        }
        var dockerfile = file.get();
        var parent = dockerfile == null ? null : dockerfile.toAbsolutePath().getParent();
        return parent == null ? Path.of("") : parent;
    }

    private @Nullable ReadyCheck ready() {
        var probes = Stream.of(port.get(), url.get(), command.get())
                .filter(Objects::nonNull)
                .toList();
        if (probes.size() > 1) {
            throw syntax.usageError("give only one of --ready-port, --ready-url and --ready-command");
        }
        if (probes.isEmpty()) {
            return null;
        }
        return new ReadyCheck(probes.getFirst(), Objects.requireNonNullElse(within.get(), ReadyCheck.DEFAULT_LIMIT));
    }
}
