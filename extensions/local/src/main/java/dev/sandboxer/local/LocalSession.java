package dev.sandboxer.local;

import dev.sandboxer.extension.Ports;
import dev.sandboxer.extension.Processes;
import dev.sandboxer.extension.SandboxFiles;
import dev.sandboxer.extension.Session;

/** Work inside one local sandbox; each operation has a connection of its own, so nothing is held in between. */
final class LocalSession implements Session {
    private final SandboxFolder folder;
    private final Patience patience;

    LocalSession(SandboxFolder folder, Patience patience) {
        this.folder = folder;
        this.patience = patience;
    }

    @Override
    public Processes processes() {
        return new LocalProcesses(folder, patience);
    }

    @Override
    public SandboxFiles files() {
        return new LocalFiles(folder, patience);
    }

    @Override
    public Ports ports() {
        return new LocalPorts(folder, patience);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
