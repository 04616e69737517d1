package com.example.httpbox;

import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.support.ExecFiles;
import dev.sandboxer.extension.support.ExecPorts;
import dev.sandboxer.extension.support.ExecProcesses;

/**
 * A session with one box. The service only runs commands; extension-support implements files, ports, users, signals and groups with them.
 *
 * @param known the processes of this box, shared by all its sessions
 */
record BoxSession(BoxExec exec, ExecProcesses known) implements Session {
    static final String USER = "user";

    /** Checks that the box is alive, since some methods of {@link ExecProcesses} don't call the service. */
    @Override
    public Processes processes() {
        exec.requireAlive();
        return known;
    }

    @Override
    public SandboxFiles files() {
        return new ExecFiles(exec, USER);
    }

    @Override
    public Ports ports() {
        return new ExecPorts(exec);
    }

    @Override
    public void close() {
        // holds nothing
    }
}
