package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.Signal;

/**
 * Runs commands in one sandbox: the one call that a backend has to have. Thread-safe.
 *
 * <p>A command runs as the sandbox's root, or as the one user there is, with the environment that the sandbox was created with and
 * in any directory.
 */
public interface Exec {
    /**
     * Starts a command.
     *
     * @param command what to run
     * @return the command, running, which the caller closes
     * @throws OperationException {@code COMMAND_NOT_FOUND} when the backend knows that there is no such program; a command that
     *     ends at once with status 127 says the same
     */
    Execution start(Command command);

    /**
     * Ends a command of ours and what descends from it. Does nothing when it has ended already, or the sandbox has.
     *
     * @param pid its pid inside
     */
    default void kill(int pid) {
        try {
            new ExecSignals(this).send(pid, Signal.KILL, true);
        } catch (OperationException | ExtensionException e) {
            // whoever lets go of a command has no use for the failure
        }
    }
}
