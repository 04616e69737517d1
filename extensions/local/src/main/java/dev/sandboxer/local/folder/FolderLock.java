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
 * The right to change the state of one sandbox, among all threads and processes. Ends with the process that has it, and
 * nobody gets it while a role of the agent's executable still works for one that has died.
 */
public final class FolderLock implements AutoCloseable {
    /** A file lock knows processes only, and closing any descriptor of its file gives it up: one thread at a time opens it. */
    private static final Set<Path> OPEN_HERE = new HashSet<>();

    private final Path file;
    private @Nullable FileChannel channel;

    private FolderLock(Path file) {
        this.file = file;
    }

    public interface Change {
        void run() throws IOException;
    }

    public interface Look {
        boolean run() throws IOException;
    }

    /**
     * Changes a living sandbox as soon as nobody else does.
     *
     * @throws ExtensionException {@code GONE} when it has ended, {@code TRANSIENT} with that message when files fail
     */
    public static void change(SandboxFolder folder, String failure, Change change) {
        if (!folder.alive()) {
            throw folder.gone();
        }
        try (var _ = take(folder)) {
            change.run();
        } catch (IOException e) {
            throw folder.alive() ? failed(failure, e) : folder.gone();
        }
    }

    /** False when somebody is changing it just now, or it has gone. */
    public static boolean ifFree(SandboxFolder folder, Look look) {
        try (var lock = tryTake(folder)) {
            return lock != null && look.run();
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw failed("the state of the sandbox is unknown", e);
        }
    }

    private static ExtensionException failed(String what, IOException e) {
        return new ExtensionException(Kind.TRANSIENT, Effect.UNKNOWN, null, what + ": " + HostFailure.text(e), e);
    }

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
            throw new InterruptedIOException("while another operation changed the sandbox");
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
            taken = lock.open().tryLock() != null && !folder.isSnapshotAtWork();
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
