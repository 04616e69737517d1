package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.Session;

/**
 * A complete session for a backend that only runs commands. Closing it has no effect, since it holds no connection.
 *
 * @param processes the sandbox's processes; the backend keeps this object for the life of the sandbox
 * @param files the sandbox's files
 * @param ports the sandbox's ports
 */
public record ExecSession(ExecProcesses processes, ExecFiles files, ExecPorts ports) implements Session {
    /**
     * Creates a session of one sandbox.
     *
     * @param exec runs commands in the sandbox
     * @param processes the sandbox's processes; the backend keeps this object for the life of the sandbox
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
