package dev.sandboxer.local.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** The agent's executable, unpacked from this jar once for each version. */
public final class AgentBinary {
    private static final String RESOURCE = "sandboxer-agent";
    private static final String HASH = hash();
    private static final Pattern NAME = Pattern.compile("agent-[0-9a-f]{16}");
    private static final Path MEMORY = Path.of("/dev/shm");

    private AgentBinary() {}

    /** Returns its path in the directory, and unpacks it first if needed. Several processes may do so at the same time. */
    public static Path in(Path directory) {
        var path = directory.resolve("agent-" + HASH);
        if (!Files.isExecutable(path)) {
            unpack(path);
        }
        return path;
    }

    /**
     * Returns an executable that can end sandboxes, even when this version can't be unpacked because the disk is full. Then it
     * is one left by an older version, or else a copy of ours in the host's memory.
     */
    public static Unpacked forRemoval(Path directory) {
        try {
            return new Unpacked(in(directory), false);
        } catch (UncheckedIOException full) {
            try {
                var older = older(directory);
                return older.isPresent() ? new Unpacked(older.get(), false) : inMemory();
            } catch (IOException e) {
                full.addSuppressed(e);
                throw full;
            }
        }
    }

    /**
     * An unpacked executable.
     *
     * @param temporary whether closing this deletes it
     */
    public record Unpacked(Path path, boolean temporary) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (temporary) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static Optional<Path> older(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (var all = Files.list(directory)) {
            return all.filter(
                            path -> NAME.matcher(path.getFileName().toString()).matches())
                    .filter(Files::isExecutable)
                    .max(Comparator.comparing(path -> path.toFile().lastModified()));
        }
    }

    private static Unpacked inMemory() throws IOException {
        return new Unpacked(fresh(MEMORY), true);
    }

    private static String hash() {
        try (InputStream in = open(RESOURCE + ".sha256")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .substring(0, 16);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unpack(Path path) {
        try {
            var fresh = fresh(PrivateDirectory.createAll(Objects.requireNonNull(path.getParent())));
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("can't unpack the agent to " + path + ": " + HostFailure.text(e), e);
        }
    }

    /** Makes a complete copy under a new name, or none. */
    private static Path fresh(Path directory) throws IOException {
        var fresh = Files.createTempFile(directory, "agent", ".new");
        try (InputStream in = open(RESOURCE)) {
            // writes to the file just made; a copy by name could replace it with one that somebody else has made
            try (var out = Files.newOutputStream(fresh)) {
                in.transferTo(out);
            }
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            return fresh;
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
    }

    private static InputStream open(String name) throws IOException {
        var in = AgentBinary.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("this build has no agent for this kind of machine: " + name);
        }
        return in;
    }
}
