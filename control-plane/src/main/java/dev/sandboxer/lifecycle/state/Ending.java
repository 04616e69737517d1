package dev.sandboxer.lifecycle.state;

import org.jspecify.annotations.Nullable;

/**
 * The reason for a sandbox's end, with the exit code of its command.
 *
 * @param exitCode 0 to 255, 128 + signal when a signal ended the command; null unless the reason is {@code COMPLETED}
 */
public record Ending(EndReason reason, @Nullable Integer exitCode) {
    public static Ending of(EndReason reason) {
        return new Ending(reason, null);
    }

    /** @param exitCode 0 to 255; 128 + signal when a signal ended the command */
    public static Ending completed(int exitCode) {
        return new Ending(EndReason.COMPLETED, exitCode);
    }

    /** Returns the ending as users see it, such as {@code completed, exit code 7}. */
    public String text() {
        return exitCode == null ? reason.text() : reason.text() + ", exit code " + exitCode;
    }
}
