package dev.sandboxer.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.opentest4j.TestAbortedException;

/** A file system of a few MiB in memory, mounted on a directory until it is closed. Needs root. */
public final class SmallDisk implements AutoCloseable {
    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** Mounts a disk. Skips the test with a reason if mounting is not allowed. */
    public static SmallDisk on(Path directory, int mebibytes) throws IOException {
        var problem =
                run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "sandboxer-test", directory.toString());
        if (!problem.isEmpty()) {
            var reason = "skipped: no small disk can be mounted here: " + problem;
            System.err.println(reason);
            throw new TestAbortedException(reason);
        }
        return new SmallDisk(directory);
    }

    /** Makes the disk read-only, even for root. */
    public void makeReadOnly() throws IOException {
        require(run("mount", "-o", "remount,ro", directory.toString()));
    }

    /** Unmounts the disk. If a failed test has left a file open, the disk is detached and {@code IOException} thrown. */
    @Override
    public void close() throws IOException {
        var problem = run("umount", directory.toString());
        if (!problem.isEmpty()) {
            require(run("umount", "--lazy", directory.toString()));
            throw new IOException(problem);
        }
    }

    private static void require(String problem) throws IOException {
        if (!problem.isEmpty()) {
            throw new IOException(problem);
        }
    }

    /** Returns the output of a failed command; empty if it succeeded. */
    private static String run(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.onExit().join().exitValue() == 0 ? "" : command[0] + " failed: " + output.strip();
    }
}
