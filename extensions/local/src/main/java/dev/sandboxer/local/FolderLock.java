package dev.sandboxer.local;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The right to change the state of one sandbox, among all threads and processes. Ends with the process that has it.
 *
 * <p>A file lock knows processes only, and closing any descriptor of the file gives it up; so the file is opened by one
 * thread at a time.
 */
final class FolderLock implements AutoCloseable {
    private static final Set<Path> HELD_HERE = new HashSet<>();

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits for it.
     *
     * @throws java.nio.file.NoSuchFileException when the folder is gone
     */
    static FolderLock take(Path folder) throws IOException {
        var file = folder.resolve("lock").toAbsolutePath().normalize();
        try {
            synchronized (HELD_HERE) {
                while (!HELD_HERE.add(file)) {
                    HELD_HERE.wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("while another operation changed the sandbox");
        }
        try {
            var channel = open(file);
            channel.lock();
            return new FolderLock(file, channel);
        } catch (IOException | RuntimeException e) {
            release(file);
            throw e;
        }
    }

    /** Null when somebody has it. */
    static @Nullable FolderLock tryTake(Path folder) throws IOException {
        var file = folder.resolve("lock").toAbsolutePath().normalize();
        synchronized (HELD_HERE) {
            if (!HELD_HERE.add(file)) {
                return null;
            }
        }
        FileChannel channel = null;
        try {
            channel = open(file);
            if (channel.tryLock() != null) {
                return new FolderLock(file, channel);
            }
        } catch (IOException | RuntimeException e) {
            release(file);
            throw e;
        }
        channel.close();
        release(file);
        return null;
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void release(Path file) {
        synchronized (HELD_HERE) {
            HELD_HERE.remove(file);
            HELD_HERE.notifyAll();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            release(file);
        }
    }
}
