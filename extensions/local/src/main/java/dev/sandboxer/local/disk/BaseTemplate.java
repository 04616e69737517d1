package dev.sandboxer.local.disk;

import dev.sandboxer.local.host.HostFailure;
import dev.sandboxer.local.host.HostUsr;
import dev.sandboxer.local.host.PrivateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32;

/**
 * The template {@code base}: a disk image, or without loop devices a directory, of which each sandbox gets a copy. Made on
 * first use, and again whenever the host's programs have changed. Making one deletes those it replaces and those that were
 * unused for a month.
 */
public final class BaseTemplate {
    public static final String NAME = "base";

    /** Increased with each change of {@link Skeleton}. */
    private static final int VERSION = 3;

    private static final Duration NOTED_EVERY = Duration.ofDays(1);
    private static final Duration KEPT_FOR = Duration.ofDays(30);

    private final Path directory;
    private final Path agent;
    private final int uidBase;

    public BaseTemplate(Path directory, Path agent, int uidBase) {
        this.directory = directory;
        this.agent = agent;
        this.uidBase = uidBase;
    }

    /** An ext4 image of that size. It is sparse, so it takes only the room of its files. */
    Path image(int diskMiB) {
        var name = "base-" + diskMiB + "m-" + key() + ".img";
        return once(name, "base-" + diskMiB + "m-", fresh -> {
            var skeleton =
                    directory.resolve("skeleton-" + ProcessHandle.current().pid());
            try {
                new Skeleton(skeleton, agent, uidBase).make();
                new Ext4Image(fresh).make(skeleton, diskMiB, uidBase);
            } finally {
                TreeDeleter.delete(skeleton);
            }
        });
    }

    /** The template as a directory. */
    Path tree() {
        return once("base-tree-" + key(), "base-tree-", fresh -> new Skeleton(fresh, agent, uidBase).make());
    }

    private String key() {
        var crc = new CRC32();
        crc.update((VERSION + ":" + agent.getFileName() + ":" + uidBase + ":" + HostUsr.fingerprint())
                .getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }

    private interface Maker {
        void make(Path fresh) throws IOException;
    }

    /** Makes a file or directory unless it exists. One process makes it while others wait. */
    private Path once(String name, String family, Maker maker) {
        var path = directory.resolve(name);
        if (isFresh(path)) {
            return path;
        }
        synchronized (BaseTemplate.class) { // the file lock excludes other processes only
            try {
                PrivateDirectory.createAll(directory);
                try (var lock = FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    lock.lock();
                    if (Files.exists(path)) {
                        Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
                    } else {
                        deleteOld(family);
                        make(path, maker);
                    }
                    deleteUnused();
                }
                return path;
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "can't make the template in " + directory + ": " + HostFailure.text(e), e);
            }
        }
    }

    private static void make(Path path, Maker maker) throws IOException {
        var fresh = path.resolveSibling(path.getFileName() + ".new");
        TreeDeleter.delete(fresh);
        try {
            maker.make(fresh);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            TreeDeleter.delete(fresh); // still there after a failure
        }
    }

    /**
     * Returns true if the template was used within the last day; then it may be used without the lock. Each use is noted once
     * a day, under the lock, and only templates unused for much longer are deleted.
     */
    private static boolean isFresh(Path path) {
        try {
            return Files.getLastModifiedTime(path)
                    .toInstant()
                    .isAfter(Instant.now().minus(NOTED_EVERY));
        } catch (IOException absent) {
            return false;
        }
    }

    /** Each disk size that was ever asked for has a template, and so has each older version. */
    private void deleteUnused() throws IOException {
        var limit = Instant.now().minus(KEPT_FOR);
        try (var entries = Files.newDirectoryStream(directory, "base-*")) {
            for (Path entry : entries) {
                if (Files.getLastModifiedTime(entry).toInstant().isBefore(limit)) {
                    TreeDeleter.delete(entry);
                }
            }
        }
    }

    private void deleteOld(String family) throws IOException {
        try (var entries = Files.newDirectoryStream(directory, family + "*")) {
            for (Path old : entries) {
                TreeDeleter.delete(old);
            }
        }
    }
}
