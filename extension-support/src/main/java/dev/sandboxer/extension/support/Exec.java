package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.Signal;

/**
 * Runs commands in one sandbox; the only interface that a backend has to implement for a session. Thread-safe.
 *
 * <p>A command runs as root inside the sandbox, or as the sandbox's only user. It gets the environment that the sandbox was created with.
 * Its working directory is unspecified.
 */
public interface Exec {
    /**
     * Starts a command.
     *
     * @param command the command
     * @return the running command, which the caller closes
     * @throws OperationException {@code COMMAND_NOT_FOUND} when the backend knows that the program doesn't exist. A backend may instead
     *     return a command that exits with status 127
     */
    Execution start(Command command);

    /**
     * Kills a process that was started through this object, and its descendants. Does nothing if the process or the sandbox has ended.
     *
     * @param pid the process id inside the sandbox
     */
    default void kill(int pid) {
        try {
            new ExecSignals(this).send(pid, Signal.KILL, true);
        } catch (OperationException | ExtensionException e) {
            // the caller is done with the command and can't react to this failure
        }
    }
}
