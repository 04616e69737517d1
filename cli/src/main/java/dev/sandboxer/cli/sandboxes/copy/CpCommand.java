package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.command.ExitStatus;
import dev.sandboxer.cli.command.IoErrorText;
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
            syntax.option("-u, --user", "USER", "Owner of new files in the sandbox (default: user).");

    public CpCommand(Context context) {
        super(context, "Copy a file or directory into or out of a sandbox.");
        syntax.footer(
                "One of the two is SANDBOX:PATH; - is standard input or output. As with docker cp, a copy into an existing"
                        + " directory keeps its name, DIR/. means the content of DIR, and a path that ends with / must be a"
                        + " directory. Times, hard links and holes are kept. A copy out of a sandbox leaves behind and"
                        + " reports special files and links that lead out of the copied directory (exit code 125). It keeps"
                        + " the permission to execute a file; your umask decides who may read and write it.");
    }

    @Override
    public Integer call() {
        var source = CopyLocation.parse(from.get());
        var target = CopyLocation.parse(to.get());
        if (source.inside() == target.inside()) {
            throw syntax.usageError("exactly one of FROM and TO must be SANDBOX:PATH");
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
                var copy = new CopyIn(session, user.get(), progress);
                return source.isStream()
                        ? copy.stream(console.in(), target.path())
                        : copy.path(source.path(), target.path());
            }
        });
    }

    private List<String> copyOut(CopyLocation source, CopyLocation target) throws IOException {
        console.flush();
        return sandboxer().sandboxes().use(sandbox(source.sandbox()), session -> {
            try (var progress = CopyProgress.start(console, "copied")) {
                var copy = new CopyOut(session, user.get(), progress);
                return target.isStream()
                        ? copy.stream(source.path(), console.out())
                        : copy.path(source.path(), target.path());
            }
        });
    }
}
