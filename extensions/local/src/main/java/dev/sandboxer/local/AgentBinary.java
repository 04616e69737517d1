package dev.sandboxer.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The agent's executable, unpacked from this jar once per version. */
final class AgentBinary {
    private static final String RESOURCE = "sandboxer-agent";
    private static final String HASH = hash();

    private AgentBinary() {}

    /** Its path below the directory; unpacks it when it isn't there yet. Safe for several processes at once. */
    static Path in(Path directory) {
        var path = directory.resolve("agent-" + HASH);
        if (!Files.isExecutable(path)) {
            unpack(path);
        }
        return path;
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
            var directory = LocalFolders.privateDirectory(java.util.Objects.requireNonNull(path.getParent()));
            var fresh = Files.createTempFile(directory, "agent", ".new");
            try (InputStream in = open(RESOURCE)) {
                Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("can't unpack the agent to " + path, e);
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
