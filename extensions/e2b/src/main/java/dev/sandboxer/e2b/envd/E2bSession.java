package dev.sandboxer.e2b.envd;

import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.support.ExecPorts;

/** A session in one E2B sandbox. Its connections belong to the backend's pool. */
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

    /** Runs a relay in the sandbox for each connection, since E2B's edge forwards only HTTP. */
    @Override
    public Ports ports() {
        return new ExecPorts(new E2bExec(processes, null));
    }

    @Override
    public void close() {
        // there is nothing to release
    }
}
