package dev.sandboxer.local;

import dev.sandboxer.extension.Ports;
import dev.sandboxer.extension.Processes;
import dev.sandboxer.extension.SandboxFiles;
import dev.sandboxer.extension.Session;
import java.time.Duration;

/** Work inside one local sandbox; each operation has a connection of its own, so nothing is held in between. */
final class LocalSession implements Session {
    /** How long the agent may be silent where it has something to say. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SandboxFolder folder;

    LocalSession(SandboxFolder folder) {
        this.folder = folder;
    }

    @Override
    public Processes processes() {
        return new LocalProcesses(folder);
    }

    @Override
    public SandboxFiles files() {
        return new LocalFiles(folder);
    }

    @Override
    public Ports ports() {
        return new LocalPorts(folder);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
