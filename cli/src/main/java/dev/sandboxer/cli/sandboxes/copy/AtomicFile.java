package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.cli.command.Shutdown;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that gets its name only when it is complete. Until then it is a hidden file in the same directory, which is removed when
 * the copy fails or a signal ends it. Anything but a regular file, such as a device, is written directly. Not thread-safe.
 */
final class AtomicFile implements AutoCloseable {
    private final Path target;
    private final @Nullable Path part;
    private final Shutdown.@Nullable Hook onSignal;

    private AtomicFile(Path target, boolean direct) {
        this.target = target;
        var random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        this.part = direct ? null : target.resolveSibling(".sandboxer-" + random + ".part");
        this.onSignal = direct ? null : Shutdown.onSignal(this::removePart);
    }

    /**
     * Prepares a file to write.
     *
     * @param target a link is followed, because the user named it
     */
    static AtomicFile of(Path target) throws IOException {
        if (Files.exists(target)) {
            var real = target.toRealPath();
            return new AtomicFile(real, !Files.isRegularFile(real) || !Files.isWritable(directory(real)));
        }
        return new AtomicFile(target, Files.isSymbolicLink(target));
    }

    private static Path directory(Path file) {
        return Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
    }

    OutputStream open() throws IOException {
        if (part == null) {
            var out = Files.newOutputStream(
                    target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            if (!Files.isRegularFile(target)) {
                return out;
            }
            out.close();
            return new SparseOutput(target);
        }
        try {
            Files.createFile(part);
            return new SparseOutput(part);
        } catch (NoSuchFileException e) {
            // the hidden name would mean nothing to the user
            throw new NoSuchFileException(directory(target).toString());
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(directory(target).toString());
        }
    }

    /** Gives the file its name. It takes over the permissions of the file that it replaces. */
    void complete() throws IOException {
        if (part != null) {
            if (Files.exists(target)) {
                Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(target));
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void removePart() {
        try {
            if (part != null) {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (onSignal != null) {
            onSignal.cancel();
        }
        removePart();
    }
}
