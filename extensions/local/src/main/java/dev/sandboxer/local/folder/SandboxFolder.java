package dev.sandboxer.local.folder;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.local.disk.LocalFolders;
import dev.sandboxer.local.host.HostPrograms;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * All that is known about one sandbox, as files: {@code request} is written before anything is started, {@code launched}
 * by the launcher itself, so a crash of this process at any instruction leaves enough to find and end the sandbox.
 */
public record SandboxFolder(Path path) {
    private static final String PID = "([1-9]\\d{0,8})";
    private static final String START = "(\\d{1,18})";
    private static final Pattern LAUNCHED = Pattern.compile("\\{\"pid\":" + PID + ",\"pidStart\":" + START + "}\\s*");

    /** The first process of a sandbox, as the host sees it. */
    public record Launched(long pid, long pidStart) {
        public boolean alive() {
            return Objects.equals(HostPrograms.startOf(pid), pidStart);
        }
    }

    /**
     * @throws FileAlreadyExistsException when that tag is known
     */
    public static SandboxFolder make(Path parent, SandboxTag tag) throws IOException {
        LocalFolders.privateDirectory(parent);
        return new SandboxFolder(Files.createDirectory(
                parent.resolve(tag.toString()),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
    }

    public SandboxTag tag() {
        return SandboxTag.parse(Objects.requireNonNull(path.getFileName()).toString());
    }

    public BackendRef ref() {
        return new BackendRef(tag().toString());
    }

    public ExtensionException gone() {
        return ExtensionException.gone(ref());
    }

    /** Whether nothing was made or removed in here since then; false when there is no such folder. */
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

    /** The root as a plain directory, where disk images are not to be had. */
    public Path tree() {
        return path.resolve("root");
    }

    public Path launchedFile() {
        return path.resolve("launched");
    }

    /** Locked by whoever copies the disk, for as long as it does. */
    public Path snapshotFile() {
        return path.resolve("snapshotting");
    }

    /** A copy of the disk that isn't complete. */
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

    /** Empty when creation was cut off before anything was started, or the file is damaged (the host lost its power). */
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

    /** Empty while, or because, the launcher hasn't succeeded. */
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

    /** The request of a sandbox that hasn't ended. */
    public StoredRequest living() {
        return request().filter(_ -> alive()).orElseThrow(this::gone);
    }

    /** Waits until no launcher works on this sandbox: a launcher locks its output file for as long as it runs. */
    public void awaitLauncher() throws IOException {
        awaitUnlocked(launchedFile());
    }

    /** The same for whoever copies its disk. */
    public void awaitSnapshot() throws IOException {
        awaitUnlocked(snapshotFile());
    }

    public boolean isSnapshotAtWork() throws IOException {
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
            // none was started
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("while a launcher was at work");
        }
    }

    private static boolean isUnlocked(FileChannel channel) throws IOException {
        try {
            channel.lock().release();
            return true;
        } catch (OverlappingFileLockException e) {
            return false; // another thread of ours asks the same
        }
    }
}
