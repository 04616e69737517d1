package dev.sandboxer.cli;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "cp",
        description = "Copy a file or directory into or out of a sandbox.",
        footer = "%nOne of the two is SANDBOX:PATH; - is standard input or output. Into a directory that exists, a copy"
                + " keeps its name. Out of a sandbox, links that lead out of the copied directory and special files are"
                + " left behind and reported (exit code 125).")
@SuppressWarnings("NullAway.Init")
final class CpCommand extends SandboxCommand {
    @Spec
    CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FROM", description = "PATH, SANDBOX:PATH or -")
    String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "PATH, SANDBOX:PATH or -")
    String to = "";

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "Who owns new files inside (default: user).")
    @org.jspecify.annotations.Nullable String user;

    @Override
    public Integer call() {
        var source = Place.parse(from);
        var target = Place.parse(to);
        if (source.inside() == target.inside()) {
            throw new ParameterException(
                    spec.commandLine(), "exactly one of FROM and TO is in a sandbox, as SANDBOX:PATH");
        }
        try {
            var left = target.inside() ? copyIn(source, target) : copyOut(source, target);
            left.forEach(console::note);
            return left.isEmpty() ? 0 : Failures.STATUS;
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.FILE_REFUSED, "copy failed: " + LocalFailure.text(e), e);
        }
    }

    private List<String> copyIn(Place source, Place target) throws IOException {
        return sandboxer().sandboxes().use(sandbox(target.sandbox()), session -> {
            try (var progress = Progress.start(console, "copied")) {
                var copy = new CopyIn(session.files(), user, progress);
                return source.isStream()
                        ? copy.stream(console.in(), target.path())
                        : copy.path(source.local(), target.path());
            }
        });
    }

    private List<String> copyOut(Place source, Place target) throws IOException {
        console.flush();
        return sandboxer().sandboxes().use(sandbox(source.sandbox()), session -> {
            try (var progress = Progress.start(console, "copied")) {
                var copy = new CopyOut(session.files(), user, progress);
                return target.isStream()
                        ? copy.stream(source.path(), console.out())
                        : copy.path(source.path(), target.local());
            }
        });
    }
}
