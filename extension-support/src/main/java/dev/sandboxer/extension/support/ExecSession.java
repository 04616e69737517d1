package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.Session;

/**
 * A whole session of a backend that only runs commands. Holds no connection.
 *
 * @param processes of the sandbox, kept by the backend
 * @param files over commands
 * @param ports over commands
 */
public record ExecSession(ExecProcesses processes, ExecFiles files, ExecPorts ports) implements Session {
    /**
     * A session of one sandbox.
     *
     * @param exec runs commands in the sandbox
     * @param processes of the sandbox, kept by the backend
     * @param defaultUser name or uid of the template's default user
     * @return the session
     */
    public static ExecSession of(Exec exec, ExecProcesses processes, String defaultUser) {
        return new ExecSession(processes, new ExecFiles(exec, defaultUser), new ExecPorts(exec));
    }

    @Override
    public void close() {
        // nothing is held
    }
}
