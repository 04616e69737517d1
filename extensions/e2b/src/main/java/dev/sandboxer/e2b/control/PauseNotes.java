package dev.sandboxer.e2b.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * Until when paused sandboxes are wanted. E2B keeps a paused sandbox until somebody removes it and has no place for such a
 * date, so it is a small file of ours, for this installation's information only. Thread-safe, also between processes.
 */
final class PauseNotes {
    /** What is told of a pause without a note: E2B itself sets no end. */
    private static final Duration NO_END = Duration.ofDays(365);

    private final Path directory;

    PauseNotes(Path directory) {
        this.directory = directory.resolve("paused");
    }

    void put(BackendRef sandbox, Instant deadline) {
        try {
            Files.createDirectories(directory);
            var fresh = Files.createTempFile(directory, "new", null);
            Files.writeString(fresh, deadline.toString());
            move(fresh, file(sandbox));
        } catch (IOException e) {
            throw ExtensionException.unknown(
                    Kind.INTERNAL, "the end of a pause could not be noted in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * @param pausedAt when its time stopped
     */
    Instant deadline(BackendRef sandbox, Instant pausedAt) {
        try {
            return Instant.parse(Files.readString(file(sandbox)).strip());
        } catch (IOException | DateTimeParseException e) {
            return pausedAt.plus(NO_END);
        }
    }

    void remove(BackendRef sandbox) {
        try {
            Files.delete(file(sandbox));
        } catch (NoSuchFileException e) {
            // it was not paused by us
        } catch (IOException e) {
            throw ExtensionException.unknown(
                    Kind.INTERNAL, "a note in " + directory + " could not be removed: " + e.getMessage(), e);
        }
    }

    /** Ids have no slash and don't begin with a dot. */
    private Path file(BackendRef sandbox) {
        return directory.resolve(sandbox.value());
    }
}
