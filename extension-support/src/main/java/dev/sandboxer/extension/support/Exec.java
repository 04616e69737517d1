package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.Signal;

/**
 * Runs commands in one sandbox: the only call that a backend needs to offer. Thread-safe.
 *
 * <p>A command runs as the sandbox's root, or as its only user. It gets the environment that the sandbox was created with. Its working
 * directory may be any.
 */
public interface Exec {
    /**
     * Starts a command.
     *
     * @param command the command
     * @return the running command, which the caller closes
     * @throws OperationException {@code COMMAND_NOT_FOUND} when the backend knows that the program doesn't exist. A command that ends at
     *     once with status 127 means the same
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
            // the caller has no further use for the command, nor for a failure to kill it
        }
    }
}
