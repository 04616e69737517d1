package dev.sandboxer.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;

/** A mutex between threads and processes that replace the same file. The mutex of a process that dies is released. */
public final class FileMutex {
    private FileMutex() {}

    /**
     * Runs work while it holds the mutex of a file, which is a lock on {@code <file>.lock} beside it. Waits without a limit. Nested calls
     * must be for different files, always in the same order.
     *
     * @throws IOException if the lock file can't be created or locked; then the work has not run
     */
    public static <T> T hold(Path file, Supplier<T> work) throws IOException {
        synchronized (FileMutex.class) { // a file lock excludes other processes, not other threads
            var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            try (var channel = FileChannel.open(
                            file.resolveSibling(file.getFileName() + ".lock"),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            onlyUs);
                    var _ = channel.lock()) {
                return work.get();
            }
        }
    }
}
