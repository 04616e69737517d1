package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.Session;

/**
 * A complete session for a backend that only runs commands. Holds no connection.
 *
 * @param processes the sandbox's processes, kept by the backend
 * @param files the sandbox's files
 * @param ports the sandbox's ports
 */
public record ExecSession(ExecProcesses processes, ExecFiles files, ExecPorts ports) implements Session {
    /**
     * Creates a session of one sandbox.
     *
     * @param exec runs commands in the sandbox
     * @param processes the sandbox's processes, kept by the backend
     * @param defaultUser name or uid of the template's default user
     * @return the session
     */
    public static ExecSession of(Exec exec, ExecProcesses processes, String defaultUser) {
        return new ExecSession(processes, new ExecFiles(exec, defaultUser), new ExecPorts(exec));
    }

    @Override
    public void close() {
        // holds no connection
    }
}
