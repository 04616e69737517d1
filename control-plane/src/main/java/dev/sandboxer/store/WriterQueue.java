package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.ForeignCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A fair queue for the writers of an SQLite file: threads and processes of one host write in the order in which they came. Without it,
 * SQLite lets each writer retry at random, so that one may wait for ever. Thread-safe.
 *
 * <p>The order comes from two locks on {@code <file>.queue}: the current writer holds the second, the next one the first. With a single
 * lock, a process that writes again at once would usually be faster than one that has to wake up. The kernel grants a lock in the order of
 * the requests, and releases the locks of a process that dies.
 */
final class WriterQueue implements AutoCloseable {
    private static final long NEXT = 0;
    private static final long WRITER = 1;
    private static final String MODE = "rw-------";

    /** One queue for each file, since a process that closes a file loses all its locks on that file. */
    private static final Map<Path, WriterQueue> QUEUES = new HashMap<>();

    private final Path database;
    private final ReentrantLock threads = new ReentrantLock(true);
    private @Nullable FileChannel channel; // guarded by threads
    private int users; // guarded by QUEUES

    private WriterQueue(Path database) {
        this.database = database;
    }

    /** Returns the queue of a file. The caller has to close the queue exactly once. */
    static WriterQueue of(Path database) {
        synchronized (QUEUES) {
            var queue = QUEUES.computeIfAbsent(database.toAbsolutePath().normalize(), WriterQueue::new);
            queue.users++;
            return queue;
        }
    }

    /**
     * Runs work when it is this thread's turn; at once in a nested call. On a file system without locks, does not wait for other
     * processes.
     *
     * @throws SandboxException {@code STORE_LOCKED} if the turn has not come within the timeout, or the thread is interrupted
     */
    <T> T inTurn(Duration timeout, Supplier<T> work) {
        var time = new Countdown(timeout);
        try {
            if (!threads.tryLock(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw locked(timeout, null);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try (var _ = threads.getHoldCount() == 1 ? writerLock(timeout, time) : null) {
            return work.get();
        } catch (IOException e) {
            throw new IllegalStateException("can't release the lock on " + database, e);
        } finally {
            threads.unlock();
        }
    }

    private @Nullable FileLock writerLock(Duration timeout, Countdown time) throws IOException {
        try {
            var next = lock(NEXT, time);
            try {
                return lock(WRITER, time);
            } finally {
                if (next != null && next.isValid()) {
                    next.release();
                }
            }
        } catch (TimeoutException e) {
            closeChannel();
            throw locked(timeout, e);
        } catch (InterruptedException e) {
            closeChannel();
            throw interrupted(e);
        } catch (ExecutionException e) {
            return null; // the file system has no locks
        }
    }

    private @Nullable FileLock lock(long position, Countdown time)
            throws TimeoutException, InterruptedException, ExecutionException {
        FileChannel file;
        FileLock free;
        try {
            file = open();
            free = file.tryLock(position, 1, false);
        } catch (IOException e) {
            return null; // the work fails with a better message about the directory
        }
        return free != null
                ? free
                : ForeignCode.call(
                        "store-queue", time.left(), getClass().getClassLoader(), () -> file.lock(position, 1, false));
    }

    private FileChannel open() throws IOException {
        var open = channel;
        if (open == null || !open.isOpen()) {
            open = FileChannel.open(
                    database.resolveSibling(database.getFileName() + ".queue"),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE)));
            channel = open;
        }
        return open;
    }

    /** Closes the channel, which also ends a thread of this process that still waits for a lock. */
    private void closeChannel() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    private SandboxException locked(Duration timeout, @Nullable Exception cause) {
        return new SandboxException(
                ErrorCode.STORE_LOCKED,
                "other processes wrote to the database " + database + " for more than " + timeout.toSeconds()
                        + " s; try again when they have finished",
                cause);
    }

    private static SandboxException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SandboxException(
                ErrorCode.STORE_LOCKED, "the wait for the database was interrupted; nothing was done", e);
    }

    @Override
    public void close() {
        synchronized (QUEUES) {
            users--;
            if (users > 0) {
                return;
            }
            QUEUES.remove(database);
        }
        threads.lock();
        try {
            closeChannel();
        } catch (IOException e) {
            // no longer used
        } finally {
            threads.unlock();
        }
    }
}
