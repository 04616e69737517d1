package dev.sandboxer.jars;

import java.nio.file.Path;

/**
 * A jar whose extensions can't be used.
 *
 * @param jar the path of the jar
 * @param reason what is wrong and what to do about it
 */
public record RefusedJar(Path jar, String reason) {
    /** Returns one line for users. */
    public String text() {
        return "the extension " + jar + " is not loaded: " + reason;
    }
}
