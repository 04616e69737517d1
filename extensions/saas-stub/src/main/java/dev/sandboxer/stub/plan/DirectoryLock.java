package dev.sandboxer.stub.plan;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A lock between all threads and processes that use a directory. A process that dies releases it. Thread-safe.
 *
 * @param file the lock file, created if it is missing
 */
public record DirectoryLock(Path file) {
    /**
     * One lock per file in this process: a file lock excludes only other processes, and closing any descriptor releases
     * it.
     */
    private static final Map<Path, ReentrantLock> OF_THIS_PROCESS = new ConcurrentHashMap<>();

    public DirectoryLock {
        file = file.toAbsolutePath().normalize();
    }

    /**
     * Waits for the lock, then does the work.
     *
     * @throws ExtensionException {@code TRANSIENT}, {@code NOT_APPLIED} when the lock fails or the wait is interrupted;
     *     also what the work throws
     */
    public <T> T whileHeld(Supplier<T> work) {
        var lock = OF_THIS_PROCESS.computeIfAbsent(file, _ -> new ReentrantLock());
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted", e);
        }
        try (var _ = open()) {
            return work.get();
        } catch (IOException e) {
            throw failure(e.toString(), e);
        } finally {
            lock.unlock();
        }
    }

    private FileChannel open() throws IOException {
        Files.createDirectories(
                file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            channel.lock();
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private ExtensionException failure(String why, Exception e) {
        return new ExtensionException(Kind.TRANSIENT, Effect.NOT_APPLIED, null, "can't lock " + file + ": " + why, e);
    }
}
