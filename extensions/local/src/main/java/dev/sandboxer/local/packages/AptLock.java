package dev.sandboxer.local.packages;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/** A lock on the fetched package lists and packages: held by one thread of one process at a time. */
final class AptLock implements AutoCloseable {
    /** Excludes other threads of this process. A file lock excludes other processes only. */
    private static final ReentrantLock IN_PROCESS = new ReentrantLock();

    private final FileChannel channel;

    private AptLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits for the lock, then takes it. */
    static AptLock take(Path file) throws IOException {
        try {
            IN_PROCESS.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another thread fetched packages");
        }
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.lock();
            return new AptLock(channel);
        } catch (IOException | RuntimeException e) {
            IN_PROCESS.unlock();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            IN_PROCESS.unlock();
        }
    }
}
