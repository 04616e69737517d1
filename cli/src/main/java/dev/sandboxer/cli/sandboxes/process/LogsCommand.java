package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.command.IoErrorText;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class LogsCommand extends ExistingSandboxCommand {
    private static final long PAUSE_MS = 300;

    private final Supplier<Boolean> follow = syntax.flag("-f, --follow", "Keep printing until the command has ended.");
    private final Supplier<String> id = syntax.argument("SANDBOX", "Name, id or id prefix.");
    private final Supplier<@Nullable String> tag =
            syntax.optionalArgument("TAG", "The tag that exec -d printed, or `start`. Optional if there is only one.");

    public LogsCommand(Context context) {
        super(context, "Print the output of a command started by exec -d, or of the start command.");
    }

    @Override
    public Integer call() {
        return sandboxer().sandboxes().use(sandbox(id.get()), session -> {
            try {
                print(session.files());
                return 0;
            } catch (IOException e) {
                throw new SandboxException(ErrorCode.FILE_REFUSED, IoErrorText.text(e), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SandboxException(ErrorCode.INTERNAL, "interrupted", e);
            }
        });
    }

    private void print(SandboxFiles files) throws IOException, InterruptedException {
        var process = new DetachedProcess(chosen(files));
        var at = 0L;
        var ended = false;
        do {
            ended = !follow.get() || exists(files, process.exit()); // checked first, so that the last output is copied
            at = copy(files, process, at);
            if (!ended) {
                Thread.sleep(PAUSE_MS);
            }
        } while (!ended);
    }

    /** Prints the output from an offset on and returns the offset of its end. */
    private long copy(SandboxFiles files, DetachedProcess process, long from) throws IOException {
        var at = from;
        var buffer = new byte[64 << 10];
        try (var open = files.read(process.log(), null, from, Long.MAX_VALUE)) {
            for (int count = open.content().read(buffer);
                    count >= 0;
                    count = open.content().read(buffer)) {
                console.passThrough(false, Arrays.copyOf(buffer, count));
                at += count;
            }
        } catch (OperationException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            throw new SandboxException(
                    ErrorCode.FILE_REFUSED,
                    "command " + process.tag() + " has no output; list the commands with: sandboxer ps SANDBOX",
                    e);
        }
        return at;
    }

    private static boolean exists(SandboxFiles files, String path) {
        try {
            files.stat(path, null);
            return true;
        } catch (OperationException e) {
            return false;
        }
    }

    private String chosen(SandboxFiles files) {
        var named = tag.get();
        if (named != null) {
            if (DetachedProcess.tagOf(".sandboxer-" + named + ".log").isEmpty()) {
                throw syntax.usageError("\"" + named + "\" is not a tag; use one that exec -d printed");
            }
            return named;
        }
        var found = new ArrayList<FileEntry>();
        files.list(DetachedProcess.DIRECTORY, 1, null, entry -> {
            if (!DetachedProcess.tagOf(entry.name()).isEmpty() && found.size() < 100) {
                found.add(entry);
            }
        });
        if (found.isEmpty()) {
            throw new SandboxException(ErrorCode.FILE_REFUSED, "no command was started with exec -d");
        }
        if (found.size() > 1) {
            throw syntax.usageError("the sandbox has several commands; name one of: "
                    + String.join(
                            ", ",
                            found.stream()
                                    .sorted(Comparator.comparing(FileEntry::modifiedAt))
                                    .map(entry -> DetachedProcess.tagOf(entry.name()))
                                    .toList()));
        }
        return DetachedProcess.tagOf(found.getFirst().name());
    }
}
