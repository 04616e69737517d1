package dev.sandboxer.local.disk;

import dev.sandboxer.local.host.HostFailure;
import dev.sandboxer.local.host.HostPrograms;
import dev.sandboxer.local.host.HostUsr;
import dev.sandboxer.local.host.RootSource;
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
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The template {@code base}: a disk image (or, without loop devices, a directory) that each sandbox gets a copy of. Made on
 * first use and again whenever the host's programs changed; old ones are removed then, and any that nobody has used for a
 * month.
 */
public final class BaseTemplate {
    public static final String NAME = "base";

    /** Counts up when {@link Skeleton} changes. */
    private static final int VERSION = 2;

    private static final Duration NOTED = Duration.ofDays(1);
    private static final Duration KEPT = Duration.ofDays(30);

    private final Path directory;
    private final Path agent;
    private final int uidBase;

    public BaseTemplate(Path directory, Path agent, int uidBase) {
        this.directory = directory;
        this.agent = agent;
        this.uidBase = uidBase;
    }

    /** An ext4 image of that size; sparse, so it costs what is in it. */
    public Path image(int diskMiB) throws IOException {
        var mkfs = RootSource.mkfs().orElseThrow(() -> new IOException("mkfs.ext4 is gone"));
        var name = "base-" + diskMiB + "m-" + key() + ".img";
        return once(name, "base-" + diskMiB + "m-", fresh -> {
            var skeleton =
                    directory.resolve("skeleton-" + ProcessHandle.current().pid());
            try {
                new Skeleton(skeleton, agent, uidBase).make();
                makeImage(mkfs, skeleton, fresh, diskMiB);
            } finally {
                LocalFolders.removeTree(skeleton);
            }
        });
    }

    /** A directory to copy. */
    public Path tree() {
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

    /** Makes a file or directory of that name unless it is there; one process does, others wait for it. */
    private Path once(String name, String family, Maker maker) {
        var path = directory.resolve(name);
        if (isFresh(path)) {
            return path;
        }
        synchronized (BaseTemplate.class) { // a file lock knows processes, not threads
            try {
                LocalFolders.privateDirectory(directory);
                try (var lock = FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    lock.lock();
                    if (Files.exists(path)) {
                        Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
                    } else {
                        removeOld(family);
                        make(path, maker);
                    }
                    removeUnused();
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
        LocalFolders.removeTree(fresh);
        try {
            maker.make(fresh);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            LocalFolders.removeTree(fresh); // which is there when this has failed
        }
    }

    /**
     * Who finds it so need not wait for the lock: with it, each use is noted once a day, and only what has not been used for
     * much longer is removed.
     */
    private static boolean isFresh(Path path) {
        try {
            return Files.getLastModifiedTime(path)
                    .toInstant()
                    .isAfter(Instant.now().minus(NOTED));
        } catch (IOException absent) {
            return false;
        }
    }

    /** Each size of disk that was ever asked for has one, and each version of ours. */
    private void removeUnused() throws IOException {
        var limit = Instant.now().minus(KEPT);
        try (var entries = Files.newDirectoryStream(directory, "base-*")) {
            for (Path entry : entries) {
                if (Files.getLastModifiedTime(entry).toInstant().isBefore(limit)) {
                    LocalFolders.removeTree(entry);
                }
            }
        }
    }

    private void removeOld(String family) throws IOException {
        try (var entries = Files.newDirectoryStream(directory, family + "*")) {
            for (Path old : entries) {
                LocalFolders.removeTree(old);
            }
        }
    }

    /** No journal: a sandbox doesn't outlive a crash of its host, so there is nothing to replay. */
    private void makeImage(Path mkfs, Path skeleton, Path image, int diskMiB) throws IOException {
        run(List.of(
                mkfs.toString(),
                "-q",
                "-F",
                "-t",
                "ext4",
                "-O",
                "^has_journal,^resize_inode",
                "-m",
                "0",
                "-E",
                "lazy_itable_init=1,nodiscard,root_owner=" + uidBase + ":" + uidBase,
                "-d",
                skeleton.toString(),
                image.toString(),
                diskMiB + "M"));
        run(List.of(mkfs.resolveSibling("debugfs").toString(), "-w", "-R", "rmdir lost+found", image.toString()));
    }

    private static void run(List<String> command) throws IOException {
        HostPrograms.run(command, Map.of(), Duration.ofMinutes(1), 0);
    }
}
