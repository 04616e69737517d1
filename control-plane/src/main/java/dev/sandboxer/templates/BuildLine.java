package dev.sandboxer.templates;

import java.time.Instant;

/**
 * A line of a build's log.
 *
 * @param step see {@link Build#step}
 */
public record BuildLine(Instant at, Level level, String step, String message) {
    /** The level of a line. */
    public enum Level {
        INFO,
        ERROR
    }
}
