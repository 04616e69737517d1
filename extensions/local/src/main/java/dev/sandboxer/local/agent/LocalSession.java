package dev.sandboxer.local.agent;

import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;

/** Access to one local sandbox. Each operation opens and closes its own connection. */
public final class LocalSession implements Session {
    private final AgentConnector agent;

    public LocalSession(AgentConnector agent) {
        this.agent = agent;
    }

    @Override
    public Processes processes() {
        return new LocalProcesses(agent);
    }

    @Override
    public SandboxFiles files() {
        return new LocalFiles(agent);
    }

    @Override
    public Ports ports() {
        return new LocalPorts(agent);
    }

    @Override
    public void close() {
        // no connection is open
    }
}
