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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The agent's executable, unpacked from this jar once for each version. */
public final class AgentBinary {
    private static final String RESOURCE = "sandboxer-agent";
    private static final String HASH = hash();
    private static final Pattern NAME = Pattern.compile("agent-[0-9a-f]{16}");
    private static final Path MEMORY = Path.of("/dev/shm");

    private AgentBinary() {}

    /** Returns the executable's path in the directory; unpacks it first if needed. Safe to call from several processes at once. */
    public static Path in(Path directory) {
        var path = directory.resolve("agent-" + HASH);
        if (!Files.isExecutable(path)) {
            unpack(path);
        }
        return path;
    }

    /**
     * Returns an executable that can end sandboxes. If the disk is too full to unpack it, this returns the one of an older version, or
     * else a copy in {@code /dev/shm}.
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
     * @param temporary true if {@link #close} deletes it
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

    /** Unpacks a temporary copy to {@code /dev/shm}. Needs no home directory. */
    static Unpacked inMemory() throws IOException {
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

    /** Unpacks a copy under a new name. Leaves nothing behind on failure. */
    private static Path fresh(Path directory) throws IOException {
        var fresh = directory.resolve("agent" + UUID.randomUUID() + ".new");
        try (InputStream in = open(RESOURCE)) {
            write(in, fresh);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            return fresh;
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
    }

    /**
     * Writes a new file through another process. The kernel does not start a program that any process has open for writing (ETXTBSY), and a
     * file that this process has open is also open, for a moment, in each program that another thread starts.
     */
    private static void write(InputStream in, Path path) throws IOException {
        var agent = in.readAllBytes();
        var writer = HostPrograms.builder(List.of("/bin/sh", "-C", "-c", "exec cat >\"$0\"", path.toString()))
                .redirectErrorStream(true)
                .start();
        try (var to = writer.getOutputStream()) {
            to.write(agent);
        } catch (IOException ended) {
            // the writer has exited; its output says why
        }
        var output = new String(writer.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (writer.onExit().join().exitValue() != 0) {
            throw new IOException(output);
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
