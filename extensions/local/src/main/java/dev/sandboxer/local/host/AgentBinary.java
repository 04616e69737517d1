package dev.sandboxer.local.host;

import dev.sandboxer.local.disk.LocalFolders;
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

/** The agent's executable, unpacked from this jar once per version. */
public final class AgentBinary {
    private static final String RESOURCE = "sandboxer-agent";
    private static final String HASH = hash();
    private static final Pattern OTHERS = Pattern.compile("agent-[0-9a-f]{16}");
    private static final Path MEMORY = Path.of("/dev/shm");

    private AgentBinary() {}

    /** Its path below the directory; unpacks it when it isn't there yet. Safe for several processes at once. */
    public static Path in(Path directory) {
        var path = directory.resolve("agent-" + HASH);
        if (!Files.isExecutable(path)) {
            unpack(path);
        }
        return path;
    }

    /**
     * One that can end sandboxes: where there is no room to unpack ours, as on a full disk after an upgrade, one that an older
     * version has left, or else ours in the memory of the host.
     */
    public static Usable forEnding(Path directory) {
        try {
            return new Usable(in(directory), false);
        } catch (UncheckedIOException full) {
            try {
                var older = older(directory);
                return older.isPresent() ? new Usable(older.get(), false) : inMemory();
            } catch (IOException e) {
                full.addSuppressed(e);
                throw full;
            }
        }
    }

    /** @param passing it goes with this */
    public record Usable(Path path, boolean passing) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (passing) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static Optional<Path> older(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (var all = Files.list(directory)) {
            return all.filter(path ->
                            OTHERS.matcher(path.getFileName().toString()).matches())
                    .filter(Files::isExecutable)
                    .max(Comparator.comparing(path -> path.toFile().lastModified()));
        }
    }

    private static Usable inMemory() throws IOException {
        return new Usable(fresh(MEMORY), true);
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
            var fresh = fresh(LocalFolders.privateDirectory(Objects.requireNonNull(path.getParent())));
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("can't unpack the agent to " + path + ": " + HostFailure.text(e), e);
        }
    }

    /** Whole, or not there. */
    private static Path fresh(Path directory) throws IOException {
        var fresh = Files.createTempFile(directory, "agent", ".new");
        try (InputStream in = open(RESOURCE)) {
            // into the file that is there: one made in its place by somebody else would not be ours
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
