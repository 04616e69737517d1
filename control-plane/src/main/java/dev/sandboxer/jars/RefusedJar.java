package dev.sandboxer.jars;

import java.nio.file.Path;

/**
 * A jar whose extensions can't be used.
 *
 * @param jar in the directory for extensions
 * @param reason what is wrong, and what to do about it
 */
public record RefusedJar(Path jar, String reason) {
    /** One line for people. */
    public String text() {
        return "the extension " + jar + " is not loaded: " + reason;
    }
}
