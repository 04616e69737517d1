package dev.sandboxer.local.folder;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.local.host.HostFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lock for changing the state of one sandbox. It excludes all other threads and processes, and is released when its process dies.
 * It can't be taken while the agent's executable finishes a snapshot for a process that has died.
 */
public final class FolderLock implements AutoCloseable {
    /**
     * The lock files that threads of this process have open. A file lock excludes other processes only, and closing any descriptor of
     * the file releases it, so only one thread at a time may open it.
     */
    private static final Set<Path> OPEN_HERE = new HashSet<>();

    private final Path file;
    private @Nullable FileChannel channel;

    private FolderLock(Path file) {
        this.file = file;
    }

    public interface Change {
        void run() throws IOException;
    }

    public interface Computation<T> {
        T run() throws IOException;
    }

    public interface Condition {
        boolean run() throws IOException;
    }

    /**
     * Waits for the lock of a living sandbox, then changes the sandbox.
     *
     * @param failure what was not done; the start of the exception's message
     * @throws ExtensionException {@code GONE} when the sandbox has ended, {@code TRANSIENT} when an IOException was thrown
     */
    public static void change(SandboxFolder folder, String failure, Change change) {
        var _ = compute(folder, failure, () -> {
            change.run();
            return true;
        });
    }

    /** Like {@link #change}, but returns a result. */
    public static <T> T compute(SandboxFolder folder, String failure, Computation<T> computation) {
        if (!folder.alive()) {
            throw folder.gone();
        }
        try (var _ = take(folder)) {
            return computation.run();
        } catch (IOException e) {
            throw folder.alive() ? failed(failure, e) : folder.gone();
        }
    }

    /**
     * Takes the lock if it is free, and evaluates the condition. Returns false if the lock is taken or the sandbox is gone, otherwise the
     * condition's result.
     */
    public static boolean ifFree(SandboxFolder folder, Condition condition) {
        try (var lock = tryTake(folder)) {
            return lock != null && condition.run();
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw failed("the state of the sandbox is unknown", e);
        }
    }

    private static ExtensionException failed(String what, IOException e) {
        return new ExtensionException(Kind.TRANSIENT, Effect.UNKNOWN, null, what + ": " + HostFailure.text(e), e);
    }

    /** Waits for the lock, then takes it. */
    public static FolderLock take(SandboxFolder folder) throws IOException {
        var lock = new FolderLock(file(folder));
        try {
            synchronized (OPEN_HERE) {
                while (!OPEN_HERE.add(lock.file)) {
                    OPEN_HERE.wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another operation changed the sandbox");
        }
        try {
            lock.open().lock();
            folder.awaitSnapshot();
            return lock;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static @Nullable FolderLock tryTake(SandboxFolder folder) throws IOException {
        var lock = new FolderLock(file(folder));
        synchronized (OPEN_HERE) {
            if (!OPEN_HERE.add(lock.file)) {
                return null;
            }
        }
        var taken = false;
        try {
            taken = lock.open().tryLock() != null && !folder.isSnapshotRunning();
        } finally {
            if (!taken) {
                lock.close();
            }
        }
        return taken ? lock : null;
    }

    private static Path file(SandboxFolder folder) {
        return folder.path().resolve("lock").toAbsolutePath().normalize();
    }

    private FileChannel open() throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return channel;
    }

    @Override
    public void close() throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            synchronized (OPEN_HERE) {
                OPEN_HERE.remove(file);
                OPEN_HERE.notifyAll();
            }
        }
    }
}
