package dev.sandboxer.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/** Keeps threads and processes apart that change the same file as a whole. Ends with the process that has it. */
public final class FileMutex {
    private FileMutex() {}

    /**
     * Does something while nobody else holds the mutex of this file, which is a lock on {@code <file>.lock} beside it. Waits
     * as long as another needs. Within itself only for another file, and always in the same order.
     *
     * @throws IOException when the lock file can't be made or locked; nothing has been done then
     */
    public static <T> T hold(Path file, Supplier<T> work) throws IOException {
        synchronized (FileMutex.class) { // a file lock knows processes, not threads
            try (var channel = FileChannel.open(
                            file.resolveSibling(file.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                return work.get();
            }
        }
    }
}
