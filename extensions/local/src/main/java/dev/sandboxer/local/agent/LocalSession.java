package dev.sandboxer.local.agent;

import dev.sandboxer.extension.Ports;
import dev.sandboxer.extension.Processes;
import dev.sandboxer.extension.SandboxFiles;
import dev.sandboxer.extension.Session;

/** Work inside one local sandbox; each operation has a connection of its own, so nothing is held in between. */
public final class LocalSession implements Session {
    private final AgentConnector door;

    public LocalSession(AgentConnector door) {
        this.door = door;
    }

    @Override
    public Processes processes() {
        return new LocalProcesses(door);
    }

    @Override
    public SandboxFiles files() {
        return new LocalFiles(door);
    }

    @Override
    public Ports ports() {
        return new LocalPorts(door);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
