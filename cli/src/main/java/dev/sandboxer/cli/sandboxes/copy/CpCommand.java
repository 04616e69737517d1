package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExitStatus;
import dev.sandboxer.cli.command.IoErrorText;
import dev.sandboxer.cli.sandboxes.ExistingSandboxCommand;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class CpCommand extends ExistingSandboxCommand {
    private final Supplier<String> from = syntax.argument("FROM", "PATH, SANDBOX:PATH or -");
    private final Supplier<String> to = syntax.argument("TO", "PATH, SANDBOX:PATH or -");
    private final Supplier<@Nullable String> user =
            syntax.option("-u, --user", "USER", "Who owns new files inside (default: user).");

    public CpCommand(Context context) {
        super(context, "Copy a file or directory into or out of a sandbox.");
        syntax.footer(
                "One of the two is SANDBOX:PATH; - is standard input or output. Into a directory that exists, a copy"
                        + " keeps its name. Out of a sandbox, links that lead out of the copied directory and special files are"
                        + " left behind and reported (exit code 125), and of a file's permissions only that it is a program is kept:"
                        + " who may read and write it is what your umask says, whatever it was inside.");
    }

    @Override
    public Integer call() {
        var source = CopyLocation.parse(from.get());
        var target = CopyLocation.parse(to.get());
        if (source.inside() == target.inside()) {
            throw syntax.usageError("exactly one of FROM and TO is in a sandbox, as SANDBOX:PATH");
        }
        try {
            var left = target.inside() ? copyIn(source, target) : copyOut(source, target);
            left.forEach(console::note);
            return left.isEmpty() ? 0 : ExitStatus.FAILURE;
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.FILE_REFUSED, "copy failed: " + IoErrorText.text(e), e);
        }
    }

    private List<String> copyIn(CopyLocation source, CopyLocation target) throws IOException {
        return sandboxer().sandboxes().use(sandbox(target.sandbox()), session -> {
            try (var progress = CopyProgress.start(console, "copied")) {
                var copy = new CopyIn(session.files(), user.get(), progress);
                return source.isStream()
                        ? copy.stream(console.in(), target.path())
                        : copy.path(source.local(), target.path());
            }
        });
    }

    private List<String> copyOut(CopyLocation source, CopyLocation target) throws IOException {
        console.flush();
        return sandboxer().sandboxes().use(sandbox(source.sandbox()), session -> {
            try (var progress = CopyProgress.start(console, "copied")) {
                var copy = new CopyOut(session.files(), user.get(), progress);
                return target.isStream()
                        ? copy.stream(source.path(), console.out())
                        : copy.path(source.path(), target.local());
            }
        });
    }
}
