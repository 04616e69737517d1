package dev.sandboxer.local.disk;

import dev.sandboxer.local.folder.SandboxFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file system a sandbox writes to, seen through the root directory of its first process. Nothing below that is looked at.
 * That process may be hostile and change its root, so it is compared with what the sandbox was given.
 *
 * @param pid the caller makes sure, afterwards, that the process has been the same all the time
 */
public record DiskUsage(SandboxFolder folder, long pid) {
    /** @param used of {@code total}, in bytes */
    public record Space(long used, long total) {}

    /**
     * Of the sandbox's own file system. One that lives in a directory shares a file system of the host: then it is that
     * one's, just as {@code df} says inside.
     */
    public Space space() throws IOException {
        var root = new File("/proc/" + pid + "/root");
        requireOwn(root.toPath());
        var total = root.getTotalSpace();
        var free = root.getFreeSpace();
        requireOwn(root.toPath());
        if (total == 0) {
            throw new IOException("the kernel says nothing about the sandbox's disk");
        }
        return new Space(total - free, total);
    }

    private void requireOwn(Path root) throws IOException {
        var device = (Long) Files.getAttribute(root, "unix:dev");
        var own = Files.exists(folder.image())
                ? isImage(device)
                : device.equals(Files.getAttribute(folder.tree(), "unix:dev"));
        if (!own) {
            throw new IOException("the sandbox's first process has left its disk");
        }
    }

    private boolean isImage(long device) throws IOException {
        var backing = Path.of("/sys/dev/block/" + major(device) + ":" + minor(device) + "/loop/backing_file");
        return Files.exists(backing)
                && Files.readString(backing)
                        .replace("\n", "")
                        .equals(folder.image().toRealPath().toString());
    }

    // as the C library packs them

    private static long major(long device) {
        return (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
    }

    private static long minor(long device) {
        return (device & 0xff) | (device >>> 12 & ~0xffL);
    }
}
