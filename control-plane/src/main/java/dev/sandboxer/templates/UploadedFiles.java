package dev.sandboxer.templates;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.regex.Pattern;

/**
 * Files that clients uploaded for builds, stored on this host under the hash that the client names. Files that were unused for a week are
 * deleted. Thread-safe.
 */
public final class UploadedFiles {
    /** Maximum size of one file, in bytes. */
    public static final long MAX_FILE_BYTES = 1L << 30;

    /** A consumer whose files exceed this size, in bytes, can't upload another. */
    private static final long MAX_BYTES_PER_CONSUMER = 8L << 30;

    private static final Duration KEPT = Duration.ofDays(7);
    private static final Pattern HASH = Pattern.compile("[A-Za-z0-9_-]{8,128}");
    private static final Pattern CONSUMER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final String UNFINISHED = ".upload";

    private final Path directory;
    private final InstantSource clock;

    /** @param directory created when the first file is stored */
    public UploadedFiles(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** Returns true if a consumer's file is stored. */
    public boolean isThere(String consumer, String hash) {
        return Files.isRegularFile(path(consumer, hash));
    }

    /**
     * Stores a file.
     *
     * @throws SandboxException {@code TOO_LARGE}
     * @throws IOException when the file can't be received or written
     */
    public void keep(String consumer, String hash, InputStream content) throws IOException {
        var path = path(consumer, hash);
        var folder = Files.createDirectories(directory.resolve(consumer));
        if (size(folder) > MAX_BYTES_PER_CONSUMER) {
            throw new SandboxException(
                    ErrorCode.TOO_LARGE,
                    "the files stored for builds have reached 8 GiB; unused ones are deleted after a week");
        }
        var unfinished = Files.createTempFile(folder, hash, UNFINISHED);
        try {
            try (var out = Files.newOutputStream(unfinished)) {
                var buffer = new byte[64 << 10];
                var size = 0L;
                for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                    size += count;
                    if (size > MAX_FILE_BYTES) {
                        throw new SandboxException(
                                ErrorCode.TOO_LARGE, "the files of one step exceed 1 GiB packed; split the step");
                    }
                    out.write(buffer, 0, count);
                }
            }
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static long size(Path folder) throws IOException {
        var size = 0L;
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                size += file.toFile().length(); // 0 if it has just been deleted
            }
        }
        return size;
    }

    /** Returns the files of a consumer's steps. Opening one counts as use. */
    public BuildFiles of(String consumer) {
        return step -> {
            var path = path(consumer, step.content());
            if (!Files.exists(path)) {
                throw new IOException("the files of " + step.source() + " were not uploaded to this server");
            }
            Files.setLastModifiedTime(path, FileTime.from(clock.instant()));
            return Files.newInputStream(path);
        };
    }

    /** Deletes the files that were unused for a week. */
    public void sweep() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        var oldest = clock.instant().minus(KEPT);
        try (var all = Files.walk(directory, 2)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                if (Files.getLastModifiedTime(path).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private Path path(String consumer, String hash) {
        if (!HASH.matcher(hash).matches() || !CONSUMER.matcher(consumer).matches()) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "the hash of the files is malformed");
        }
        return directory.resolve(consumer).resolve(hash);
    }
}
