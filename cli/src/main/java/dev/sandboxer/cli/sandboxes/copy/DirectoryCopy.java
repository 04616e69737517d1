package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.extension.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies the content of a directory into or out of a sandbox.
 *
 * @param user owner of new files in the sandbox; null = the default user
 */
public record DirectoryCopy(
        Session session, Console console, @Nullable String user) {
    /** Copies into the sandbox. Returns a message for each file that was left out. */
    public List<String> in(Path source, String target) throws IOException {
        try (var progress = CopyProgress.start(console, "copied")) {
            return new CopyIn(session, user, progress).path(source + "/.", target);
        }
    }

    /** Copies out of the sandbox; creates the target if necessary. Returns a message for each file that was left behind. */
    public List<String> out(String source, Path target) throws IOException {
        Files.createDirectories(target);
        try (var progress = CopyProgress.start(console, "copied")) {
            return new CopyOut(session, user, progress).path(source + "/.", target.toString());
        }
    }
}
