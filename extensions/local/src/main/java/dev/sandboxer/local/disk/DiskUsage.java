package dev.sandboxer.local.disk;

import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.host.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The used and total space of a sandbox's disk. It is read through the root directory of the sandbox's first process, without opening a
 * file below it. A hostile process may have changed its root, so the file system is compared with the sandbox's own disk.
 *
 * @param used in bytes
 * @param total in bytes
 */
public record DiskUsage(long used, long total) {
    /**
     * Reads the current usage. A sandbox in a directory has the numbers of the host's file system, as {@code df} shows them inside.
     *
     * @param pid the sandbox's first process; the caller checks afterwards that it still is the same process
     * @throws IOException when the process has left the sandbox's disk, or has ended
     */
    public static DiskUsage read(SandboxFolder folder, long pid) throws IOException {
        var root = ProcFs.rootOf(pid);
        requireOwnDisk(folder, root);
        var file = root.toFile();
        var total = file.getTotalSpace();
        var free = file.getFreeSpace();
        requireOwnDisk(folder, root);
        if (total == 0) {
            throw new IOException("the kernel reports no size for the sandbox's disk");
        }
        return new DiskUsage(total - free, total);
    }

    private static void requireOwnDisk(SandboxFolder folder, Path root) throws IOException {
        var device = (Long) Files.getAttribute(root, "unix:dev");
        var own = Files.exists(folder.image())
                ? isBackedBy(folder.image(), device)
                : device.equals(Files.getAttribute(folder.tree(), "unix:dev"));
        if (!own) {
            throw new IOException("the sandbox's first process has left its disk");
        }
    }

    private static boolean isBackedBy(Path image, long device) throws IOException {
        var backing = Path.of("/sys/dev/block/" + major(device) + ":" + minor(device) + "/loop/backing_file");
        return Files.exists(backing)
                && Files.readString(backing)
                        .replace("\n", "")
                        .equals(image.toRealPath().toString());
    }

    // device numbers are packed as in glibc's gnu_dev_major and gnu_dev_minor

    private static long major(long device) {
        return (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
    }

    private static long minor(long device) {
        return (device & 0xff) | (device >>> 12 & ~0xffL);
    }
}
