package dev.sandboxer.local.folder;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.local.host.PrivateDirectory;
import dev.sandboxer.local.host.ProcFs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The directory with everything that is stored about one sandbox. {@code request} is written before anything is started, and the launcher
 * itself writes {@code launched}, so the sandbox can be found and ended after a crash at any point.
 */
public record SandboxFolder(Path path) {
    private static final String PID = "([1-9]\\d{0,8})";
    private static final String START = "(\\d{1,18})";
    private static final Pattern LAUNCHED = Pattern.compile("\\{\"pid\":" + PID + ",\"pidStart\":" + START + "}\\s*");

    /**
     * The first process of a sandbox, as the host sees it.
     *
     * @param pidStart its start time, see {@link ProcFs#startTime}
     */
    public record Launched(long pid, long pidStart) {
        public boolean alive() {
            return ProcFs.startTime(pid).equals(OptionalLong.of(pidStart));
        }
    }

    /**
     * Creates the folder of a new sandbox.
     *
     * @throws FileAlreadyExistsException when a sandbox with this tag exists, or its folder is not removed yet
     */
    public static SandboxFolder make(Path parent, SandboxTag tag) throws IOException {
        PrivateDirectory.createAll(parent);
        return new SandboxFolder(PrivateDirectory.create(parent.resolve(tag.toString())));
    }

    public SandboxTag tag() {
        return SandboxTag.parse(Objects.requireNonNull(path.getFileName()).toString());
    }

    public BackendRef ref() {
        return new BackendRef(tag().toString());
    }

    /** Returns the exception for a sandbox that has ended. */
    public ExtensionException gone() {
        return ExtensionException.gone(ref());
    }

    /** Returns true if no file was added or removed since this time; false if the folder does not exist. */
    public boolean untouchedSince(Instant time) {
        try {
            return Files.getLastModifiedTime(path).toInstant().isBefore(time);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean exists() {
        return Files.isDirectory(path);
    }

    public Path socket() {
        return path.resolve("agent.sock");
    }

    public Path image() {
        return path.resolve("root.img");
    }

    /** Returns the root directory of a sandbox without a disk image. */
    public Path tree() {
        return path.resolve("root");
    }

    public Path launchedFile() {
        return path.resolve("launched");
    }

    /** Returns the file with the network rules, in the language of nft(8). It does not exist if the sandbox has no network. */
    public Path networkRules() {
        return path.resolve("network");
    }

    /**
     * Returns the file with the last network count. The agent writes it when the sandbox ends at its deadline; before, it is empty. It does
     * not exist if the sandbox has no network.
     */
    public Path networkCount() {
        return path.resolve("network.count");
    }

    /** Returns true if there is a last network count that is no older than this time. */
    public boolean hasNetworkCountSince(Instant time) throws IOException {
        try {
            return Files.size(networkCount()) > 0
                    && !Files.getLastModifiedTime(networkCount()).toInstant().isBefore(time);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Returns the file that stays locked while a process copies the disk. */
    public Path snapshotFile() {
        return path.resolve("snapshotting");
    }

    /** Returns the copy of the disk while it is incomplete. */
    public Path unfinishedSnapshot() {
        return path.resolve("snapshot.part");
    }

    public void write(StoredRequest request) throws IOException {
        var fresh = path.resolve("request.new");
        try (Writer out = Files.newBufferedWriter(fresh)) {
            request.toProperties().store(out, null);
        }
        Files.move(fresh, path.resolve("request"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns the stored request; empty if creation ended before it was written, or the file is damaged, as by a power failure. */
    public Optional<StoredRequest> request() {
        var properties = new Properties();
        try (Reader in = Files.newBufferedReader(path.resolve("request"))) {
            properties.load(in);
            return StoredRequest.of(properties);
        } catch (NoSuchFileException | CharacterCodingException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the sandbox's first process; empty unless the launcher has succeeded. */
    public Optional<Launched> launched() {
        try {
            var match = LAUNCHED.matcher(Files.readString(launchedFile()));
            return match.matches()
                    ? Optional.of(new Launched(Long.parseLong(match.group(1)), Long.parseLong(match.group(2))))
                    : Optional.empty();
        } catch (NoSuchFileException | CharacterCodingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean alive() {
        return launched().filter(Launched::alive).isPresent();
    }

    /**
     * Returns the request of a sandbox that is alive.
     *
     * @throws ExtensionException {@code GONE} when it is not
     */
    public StoredRequest requireAlive() {
        return request().filter(_ -> alive()).orElseThrow(this::gone);
    }

    /** Waits until no launcher works on this sandbox. A launcher keeps its output file locked while it runs. */
    public void awaitLauncher() throws IOException {
        awaitUnlocked(launchedFile());
    }

    /** Waits until no process copies the disk of this sandbox. */
    public void awaitSnapshot() throws IOException {
        awaitUnlocked(snapshotFile());
    }

    /** Returns true while a process copies the disk of this sandbox. */
    public boolean isSnapshotRunning() throws IOException {
        try (var channel = FileChannel.open(snapshotFile(), StandardOpenOption.WRITE)) {
            return channel.tryLock() == null;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void awaitUnlocked(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            while (!isUnlocked(channel)) {
                Thread.sleep(5);
            }
        } catch (NoSuchFileException e) {
            // no launcher and no snapshot was started
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a launcher or a snapshot was running");
        }
    }

    private static boolean isUnlocked(FileChannel channel) throws IOException {
        try {
            channel.lock().release();
            return true;
        } catch (OverlappingFileLockException e) {
            return false; // another thread of this process has the lock
        }
    }
}
