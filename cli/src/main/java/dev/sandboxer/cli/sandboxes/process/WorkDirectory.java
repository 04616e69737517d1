package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.cli.command.ExitStatus;
import dev.sandboxer.cli.command.IoErrorText;
import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.cli.sandboxes.copy.DirectoryCopy;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The options {@code --in} and {@code --out} of {@code run}: directories to copy in before the command and out after it. */
final class WorkDirectory {
    private static final String NAME = "work";

    private final Syntax syntax;
    private final ProcessOptions options;
    private final Supplier<@Nullable Path> in;
    private final Supplier<@Nullable Path> out;

    WorkDirectory(Syntax syntax, ProcessOptions options) {
        this.syntax = syntax;
        this.options = options;
        in = syntax.file("--in", "DIR", "Copy this directory's content into the working directory first.");
        out = syntax.file("--out", "DIR", "Copy the working directory's content into this one at the end.");
    }

    /** Refuses directories that can't be copied. Call it before a sandbox is created. */
    void check() {
        var source = in.get();
        if (source != null && !Files.isDirectory(source)) {
            throw syntax.usageError(source + " is not a directory");
        }
        var target = out.get();
        if (target != null && Files.exists(target) && !Files.isDirectory(target)) {
            throw syntax.usageError(target + " is not a directory");
        }
    }

    /**
     * Runs a command between the copies.
     *
     * @param command gets its working directory; null = the user's home
     * @return the command's exit status; {@link ExitStatus#FAILURE} if the command succeeded but a file could not be copied
     */
    int around(Session session, Console console, ToIntFunction<@Nullable String> command) {
        if (in.get() == null && out.get() == null) {
            return command.applyAsInt(options.cwd());
        }
        try {
            var directory = make(session);
            var copy = new DirectoryCopy(session, console, options.user());
            var left = new ArrayList<String>();
            if (in.get() != null) {
                left.addAll(copy.in(in.get(), directory));
            }
            left.forEach(console::note);
            var status = command.applyAsInt(directory);
            if (out.get() != null) {
                var behind = copy.out(directory, out.get());
                behind.forEach(console::note);
                left.addAll(behind);
            }
            return status == 0 && !left.isEmpty() ? ExitStatus.FAILURE : status;
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.FILE_REFUSED, "copy failed: " + IoErrorText.text(e), e);
        }
    }

    /** Creates the working directory and returns its absolute path. */
    private String make(Session session) {
        var path = options.cwd() == null ? NAME : options.cwd();
        try {
            return session.files().makeDirectory(path, options.user()).path();
        } catch (OperationException e) {
            if (e.reason() == Reason.ALREADY_EXISTS) {
                return session.files().stat(path, options.user()).path();
            }
            throw e;
        }
    }
}
