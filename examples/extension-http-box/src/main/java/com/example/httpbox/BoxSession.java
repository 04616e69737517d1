package com.example.httpbox;

import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.support.ExecFiles;
import dev.sandboxer.extension.support.ExecPorts;
import dev.sandboxer.extension.support.ExecProcesses;

/**
 * The service runs commands and knows no more. Files, ports, users, signals and groups are built from that by extension-support.
 *
 * @param known the processes of this box, which outlive a session
 */
record BoxSession(BoxExec exec, ExecProcesses known) implements Session {
    static final String USER = "user";

    /** Some of its calls ask nobody, so that they would not notice that the box has ended. */
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
