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
 */
public record Command(
        List<String> argv,
        boolean stdin,
        @Nullable Duration limit,
        @Nullable PtySize pty) {
    /** Copies the arguments. */
    public Command {
        argv = List.copyOf(argv);
    }
}
