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
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Set;

/**
 * Deadlines of paused sandboxes. E2B keeps a paused sandbox until somebody removes it and has no field for a deadline,
 * so each deadline is a small file in this installation. Thread-safe; processes may share the directory.
 */
final class PausedDeadlines {
    /** The lifetime assumed for a paused sandbox without a file: E2B itself sets no end. */
    private static final Duration NO_END = Duration.ofDays(365);

    private static final FileAttribute<Set<PosixFilePermission>> ONLY_US =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;

    PausedDeadlines(Path directory) {
        this.directory = directory.resolve("paused");
    }

    void put(BackendRef sandbox, Instant deadline) {
        try {
            Files.createDirectories(directory, ONLY_US);
            var fresh = Files.createTempFile(directory, "new", null);
            Files.writeString(fresh, deadline.toString());
            move(fresh, file(sandbox));
        } catch (IOException e) {
            throw ExtensionException.unknown(
                    Kind.INTERNAL,
                    "can't write the deadline of a paused sandbox to " + directory + ": " + e.getMessage(),
                    e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Returns the recorded deadline, or a year after the pause if there is none. */
    Instant get(BackendRef sandbox, Instant pausedAt) {
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
            // it was not paused by this installation
        } catch (IOException e) {
            throw ExtensionException.unknown(
                    Kind.INTERNAL,
                    "can't remove the deadline of a paused sandbox from " + directory + ": " + e.getMessage(),
                    e);
        }
    }

    /** An id is a safe file name: it has no slash and doesn't begin with a dot. */
    private Path file(BackendRef sandbox) {
        return directory.resolve(sandbox.value());
    }
}
