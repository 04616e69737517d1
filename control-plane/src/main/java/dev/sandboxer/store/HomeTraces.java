package dev.sandboxer.store;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds files in a home directory which show that it had a database before. Without this check, an emptied or lost database would look like
 * a new one, and its sandboxes would be forgotten.
 *
 * @param home the directory of the database
 */
record HomeTraces(Path home) {
    /**
     * Secrets that are created only after the database. The master key may be there before it, and a home that uses PostgreSQL also has a
     * {@code host.id}.
     */
    private static final List<String> KEYS = List.of("token.key", "fingerprint.key");

    /** Directories below an extension's own that have one directory for each of its sandboxes on this host. */
    private static final List<String> SANDBOXES = List.of("s", "local/s");

    /** Returns a secret, or the directory of a sandbox; empty in a new home. */
    Optional<Path> findAny() {
        return KEYS.stream()
                .map(home::resolve)
                .filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
                .findFirst()
                .or(this::findSandbox);
    }

    /** Returns the directory of a sandbox; empty if there is none. */
    Optional<Path> findSandbox() {
        try (var extensions = Files.newDirectoryStream(home, Files::isDirectory)) {
            for (Path extension : extensions) {
                for (String place : SANDBOXES) {
                    var found = firstIn(extension.resolve(place));
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty(); // the home is missing or unreadable: opening the database gives the better message
        }
    }

    private static Optional<Path> firstIn(Path directory) {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (var entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
            var all = entries.iterator();
            return all.hasNext() ? Optional.of(all.next()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
