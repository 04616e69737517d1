package dev.sandboxer.local.disk;

import dev.sandboxer.local.host.HostPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes and repairs ext4 disk images with the host's e2fsprogs. */
record Ext4Image(Path file) {
    private static final Duration MAKE_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration CHECK_TIMEOUT = Duration.ofMinutes(5);

    /** Exit status of e2fsck: errors were corrected. */
    private static final int CORRECTED = 1;

    /**
     * Makes a sparse image. It has no journal, because a sandbox doesn't survive a crash of its host.
     *
     * @param owner host uid and gid of the root directory
     */
    void make(Path content, int diskMiB, int owner) throws IOException {
        run(
                MAKE_TIMEOUT,
                0,
                "mkfs.ext4",
                "-q",
                "-F",
                "-t",
                "ext4",
                "-O",
                "^has_journal,^resize_inode",
                "-m",
                "0",
                "-E",
                "lazy_itable_init=1,nodiscard,root_owner=" + owner + ":" + owner,
                "-d",
                content.toString(),
                file.toString(),
                diskMiB + "M");
        removeLostAndFound();
    }

    /**
     * Repairs the copy of a disk that was in use, and frees deleted files that were still open. The check creates {@code lost+found} if it
     * is missing; this removes it again.
     */
    void repair() throws IOException {
        var output = run(CHECK_TIMEOUT, CORRECTED, "e2fsck", "-f", "-p", file.toString());
        if (output.contains("/lost+found not found")) {
            removeLostAndFound();
        }
    }

    private void removeLostAndFound() throws IOException {
        run(CHECK_TIMEOUT, 0, "debugfs", "-w", "-R", "rmdir lost+found", file.toString());
    }

    private static String run(Duration limit, int highestStatus, String program, String... arguments)
            throws IOException {
        var path = HostPrograms.find(program)
                .orElseThrow(() -> new IOException(program + " is missing; run: apt-get install e2fsprogs"));
        var command = new ArrayList<>(List.of(path.toString()));
        command.addAll(List.of(arguments));
        return HostPrograms.run(command, Map.of("LC_ALL", "C"), limit, highestStatus);
    }
}
