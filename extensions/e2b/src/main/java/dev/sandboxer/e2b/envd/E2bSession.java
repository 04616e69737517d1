package dev.sandboxer.e2b.envd;

import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.support.ExecPorts;

/** Work inside one E2B sandbox; its connections belong to the backend's pool. */
public final class E2bSession implements Session {
    private final E2bProcesses processes;
    private final E2bFiles files;

    public E2bSession(EnvdClient client) {
        var users = new UserTable(client);
        this.processes = new E2bProcesses(client, users);
        this.files = new E2bFiles(client, users, processes);
    }

    @Override
    public Processes processes() {
        return processes;
    }

    @Override
    public SandboxFiles files() {
        return files;
    }

    /** E2B's edge forwards only HTTP requests, so a relay runs inside for each connection. */
    @Override
    public Ports ports() {
        return new ExecPorts(new E2bExec(processes, null));
    }

    @Override
    public void close() {
        // nothing is held
    }
}
