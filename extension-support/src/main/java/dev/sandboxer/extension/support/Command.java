package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.PtySize;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command to run inside a sandbox.
 *
 * @param argv program and arguments
 * @param stdin whether its input is written to, or empty
 * @param limit after which a backend that can ends it, in case nobody else is left to; null = none
 * @param pty a terminal of this size instead of pipes; only asked for when the extension declares it
 * @param tellsEnd whether its output ends with how it ended, so that its status is wanted only when the output ends without that
 */
public record Command(
        List<String> argv,
        boolean stdin,
        @Nullable Duration limit,
        @Nullable PtySize pty,
        boolean tellsEnd) {
    /** Copies the arguments. */
    public Command {
        argv = List.copyOf(argv);
    }

    /**
     * One whose status tells how it ended.
     *
     * @param argv program and arguments
     * @param stdin whether its input is written to, or empty
     * @param limit after which a backend that can ends it; null = none
     * @param pty a terminal of this size instead of pipes; null = none
     */
    public Command(List<String> argv, boolean stdin, @Nullable Duration limit, @Nullable PtySize pty) {
        this(argv, stdin, limit, pty, false);
    }
}
