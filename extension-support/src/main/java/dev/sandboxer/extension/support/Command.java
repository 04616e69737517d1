package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.PtySize;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command to run inside a sandbox.
 *
 * @param argv program and arguments
 * @param stdin true = the caller writes its standard input, false = the input is empty
 * @param limit the time after which the backend kills the command, if it supports that; a safeguard in case this process dies; null = none
 * @param pty size of a terminal to use instead of pipes; null = pipes. Requested only if the extension declares {@code PTY}
 * @param reportsExit whether the command reports its own exit at the end of its output. The backend's exit status then matters only if that
 *     report is missing
 */
public record Command(
        List<String> argv,
        boolean stdin,
        @Nullable Duration limit,
        @Nullable PtySize pty,
        boolean reportsExit) {
    /** Copies the arguments. */
    public Command {
        argv = List.copyOf(argv);
    }

    /**
     * Creates a command that doesn't report its own exit.
     *
     * @param argv program and arguments
     * @param stdin true = the caller writes its standard input, false = the input is empty
     * @param limit the time after which the backend kills the command, if it supports that; null = none
     * @param pty size of a terminal to use instead of pipes; null = pipes
     */
    public Command(List<String> argv, boolean stdin, @Nullable Duration limit, @Nullable PtySize pty) {
        this(argv, stdin, limit, pty, false);
    }
}
