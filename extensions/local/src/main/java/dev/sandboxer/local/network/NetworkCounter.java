package dev.sandboxer.local.network;

import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.local.folder.SandboxFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads how many bytes passed a sandbox's network interface, as counted by the kernel. Nothing inside can change the count, and reading it
 * involves no process inside. Refused packets are never sent, so they don't count. When a sandbox ends at its deadline, its agent writes
 * the last count to its folder.
 */
public final class NetworkCounter {
    private static final String INTERFACE = "eth0:";

    private NetworkCounter() {}

    /** Returns the bytes of the sandbox whose first process has this pid; zero if it has no network. */
    public static NetworkBytes of(long pid) throws IOException {
        return parse(Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", "dev")))
                .orElse(NetworkBytes.NONE);
    }

    /**
     * Returns the bytes of a sandbox that runs, is paused, or has ended at its deadline and is not removed yet. Empty if it has no
     * network or no count is left.
     */
    public static Optional<NetworkBytes> of(SandboxFolder folder) throws IOException {
        if (!Files.exists(folder.networkRules())) {
            return Optional.empty();
        }
        var launched = folder.launched().filter(SandboxFolder.Launched::alive);
        if (launched.isPresent()) {
            var read = tryRead(Path.of("/proc", Long.toString(launched.get().pid()), "net", "dev"));
            if (launched.get().alive()) { // otherwise the pid may belong to another process by now
                return read;
            }
        }
        return tryRead(folder.networkCount());
    }

    private static Optional<NetworkBytes> tryRead(Path file) throws IOException {
        try {
            return parse(Files.readAllLines(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Optional<NetworkBytes> parse(List<String> lines) {
        for (String line : lines) {
            var fields = line.strip().split("\\s+");
            if (fields.length > 9 && fields[0].equals(INTERFACE)) {
                return Optional.of(new NetworkBytes(Long.parseLong(fields[1]), Long.parseLong(fields[9])));
            }
        }
        return Optional.empty();
    }
}
