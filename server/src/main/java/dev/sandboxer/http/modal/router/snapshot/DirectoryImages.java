package dev.sandboxer.http.modal.router.snapshot;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.modal.edge.Sha256;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of directories of sandboxes: one tar file each, in a folder per consumer on this server's disk. The name of a file says
 * when it expires. Thread-safe.
 */
public final class DirectoryImages {
    private static final Pattern ID = Pattern.compile("im-d[0-9a-f]{24}");
    private static final Pattern FILE = Pattern.compile("(im-d[0-9a-f]{24})\\.([0-9]{1,15})\\.tar");
    private static final long MAX_IMAGE_BYTES = 4L << 30;
    private static final long MAX_BYTES_PER_CONSUMER = 32L << 30;

    /** An unfinished file that hasn't changed for this long has lost its writer. */
    private static final Duration ABANDONED = Duration.ofHours(2);

    private final Path folder;
    private final InstantSource clock;

    /** @param folder the folder for the images; created with the first one */
    public DirectoryImages(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** Writes the content of an image. */
    public interface Content {
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    /** Returns the image id for a client's snapshot id. Repeated requests get the same image id. */
    public static String id(SandboxId sandbox, String snapshotId) {
        return "im-d" + Sha256.hex(sandbox + "/" + snapshotId).substring(0, 24);
    }

    private Path folder(String consumer) {
        return folder.resolve(Sha256.hex(consumer).substring(0, 32));
    }

    /**
     * Keeps a directory's content as an image.
     *
     * @param life how long to keep it; null = until it is deleted
     * @throws SandboxException {@code OVER_QUOTA}, {@code TOO_LARGE}
     */
    public void keep(String consumer, String id, @Nullable Duration life, Content content)
            throws IOException, InterruptedException {
        var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        var own = Files.createDirectories(folder(consumer), onlyUs);
        if (size(own) > MAX_BYTES_PER_CONSUMER) {
            throw new SandboxException(
                    ErrorCode.OVER_QUOTA,
                    "the directory snapshots of consumer " + consumer + " take more than "
                            + (MAX_BYTES_PER_CONSUMER >> 30) + " GiB; delete images that are not needed");
        }
        var expires = life == null ? 0 : clock.instant().plus(life).getEpochSecond();
        var unfinished = Files.createTempFile(own, "new", ".part");
        try {
            try (var out = new LimitedOutput(Files.newOutputStream(unfinished), MAX_IMAGE_BYTES)) {
                content.writeTo(out);
            }
            Files.move(unfinished, own.resolve(id + "." + expires + ".tar"), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static long size(Path own) throws IOException {
        var size = 0L;
        for (Path file : list(own)) {
            size += Files.size(file);
        }
        return size;
    }

    private static List<Path> list(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Returns true if an id has the form of these images' ids. */
    public static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /** Returns true if the consumer has the image. */
    public boolean exists(String consumer, String id) {
        return find(consumer, id).isPresent();
    }

    /** Returns the tar file of a consumer's image. */
    public Optional<Path> find(String consumer, String id) {
        try {
            return list(folder(consumer)).stream()
                    .filter(file -> isOf(file, id) && !isExpired(file))
                    .findFirst();
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.INTERNAL, "can't read the directory snapshots: " + e.getMessage(), e);
        }
    }

    private static boolean isOf(Path file, String id) {
        var match = FILE.matcher(file.getFileName().toString());
        return match.matches() && match.group(1).equals(id);
    }

    private boolean isExpired(Path file) {
        var match = FILE.matcher(file.getFileName().toString());
        if (!match.matches()) {
            return false;
        }
        var expires = Long.parseLong(match.group(2));
        return expires > 0 && clock.instant().isAfter(Instant.ofEpochSecond(expires));
    }

    /** Deletes an image; returns true if there was one. */
    public boolean delete(String consumer, String id) {
        var file = find(consumer, id);
        try {
            return file.isPresent() && Files.deleteIfExists(file.get());
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.INTERNAL, "can't delete image " + id + ": " + e.getMessage(), e);
        }
    }

    /** Deletes expired images, and files that were never finished. */
    public void purge() {
        var abandoned = clock.instant().minus(ABANDONED);
        try {
            for (Path own : list(folder)) {
                for (Path file : list(own)) {
                    var isPart = file.getFileName().toString().endsWith(".part");
                    if (isExpired(file)
                            || isPart
                                    && Files.getLastModifiedTime(file)
                                            .toInstant()
                                            .isBefore(abandoned)) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (IOException e) {
            throw new SandboxException(ErrorCode.INTERNAL, "can't purge the directory snapshots: " + e.getMessage(), e);
        }
    }
}
