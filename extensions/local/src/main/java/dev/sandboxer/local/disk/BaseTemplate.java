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
 * The template {@code base}: a disk image, or a directory on hosts without loop devices. Each sandbox gets a copy. The template is made on
 * first use, and again when the host's programs have changed. A new template replaces the earlier ones: they are deleted, and so are
 * templates that were unused for a month.
 */
public final class BaseTemplate {
    public static final String NAME = "base";

    /** Increase this with each change of {@link Skeleton}. */
    private static final int VERSION = 6;

    /** A use updates a template's modification time at most once per this period. */
    private static final Duration USE_RECORDED_EVERY = Duration.ofDays(1);

    /** A template that is unused for longer is deleted. */
    private static final Duration KEPT_FOR = Duration.ofDays(30);

    private final Path directory;
    private final Path agent;
    private final int owner;

    public BaseTemplate(Path directory, Path agent, int owner) {
        this.directory = directory;
        this.agent = agent;
        this.owner = owner;
    }

    /** Returns an ext4 image of this size. It is sparse: it takes only the space of its files. */
    Path image(int diskMiB) {
        var name = "base-" + diskMiB + "m-" + contentHash() + ".img";
        return makeOnce(name, "base-" + diskMiB + "m-", fresh -> {
            var skeleton =
                    directory.resolve("skeleton-" + ProcessHandle.current().pid());
            try {
                new Skeleton(skeleton, agent, owner).make();
                new Ext4Image(fresh).make(skeleton, diskMiB, owner);
            } finally {
                TreeDeleter.delete(skeleton);
            }
        });
    }

    /** Returns the template as a directory. */
    Path tree() {
        return makeOnce("base-tree-" + contentHash(), "base-tree-", fresh -> new Skeleton(fresh, agent, owner).make());
    }

    /** Returns a hash of everything that determines the template's content. */
    private String contentHash() {
        var crc = new CRC32();
        crc.update((VERSION + ":" + agent.getFileName() + ":" + owner + ":" + HostUsr.fingerprint())
                .getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }

    private interface Maker {
        void make(Path fresh) throws IOException;
    }

    /**
     * Makes a template unless it exists. One process makes it while others wait.
     *
     * @param family prefix of the names of the templates that this one replaces
     */
    private Path makeOnce(String name, String family, Maker maker) {
        var path = directory.resolve(name);
        if (isRecentlyUsed(path)) {
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
     * Returns true if the template was used within the last day. It may then be used without the lock, because only templates that are
     * unused for much longer are deleted.
     */
    private static boolean isRecentlyUsed(Path path) {
        try {
            return Files.getLastModifiedTime(path)
                    .toInstant()
                    .isAfter(Instant.now().minus(USE_RECORDED_EVERY));
        } catch (IOException absent) {
            return false;
        }
    }

    /** Deletes unused templates. Without this, one would stay for each disk size and version that was ever used. */
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
