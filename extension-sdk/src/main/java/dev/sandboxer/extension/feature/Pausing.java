package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.Processes;
import java.time.Instant;

/**
 * A backend that can pause a sandbox; {@link Capability#PAUSE}. Every call may be repeated safely.
 *
 * <p>A backend that removes a paused sandbox from its machine can't keep streams open. Their readers fail with kind {@code TRANSIENT} and
 * can {@link Processes#attach} to the process again after the pause.
 */
public interface Pausing {
    /**
     * Stops everything inside a sandbox, and keeps its memory, processes and open files. If the sandbox is already paused, this only moves
     * the deadline of the pause.
     *
     * <p>Nothing runs in a paused sandbox. {@link Backend#connect} fails with kind {@code GONE} or {@code TRANSIENT}, or waits.
     * {@link Backend#list} and {@link Backend#find} show the sandbox as paused, with the deadline of the pause, which {@link Backend#setDeadline}
     * moves. The deadline from before the pause no longer applies.
     *
     * @param sandbox the backend's id of the sandbox
     * @param deadline when the backend may delete the sandbox unless it was resumed. A backend that can't end paused sandboxes by itself
     *     keeps this one until {@link Backend#destroy}
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended; {@code TRANSIENT} with effect {@code NOT_APPLIED} when a
     *     process in it can't be stopped at the moment
     */
    void pause(BackendRef sandbox, Instant deadline);

    /**
     * Pauses a sandbox but keeps only its disk: all processes are killed first, so none runs after {@link #resume}. Leaves a sandbox that
     * is already paused unchanged.
     *
     * @param sandbox the backend's id of the sandbox
     * @param deadline when the backend may delete the sandbox unless it was resumed
     * @throws ExtensionException of kind {@code UNSUPPORTED} with effect {@code NOT_APPLIED} when the backend always keeps the memory;
     *     otherwise as {@link #pause}
     */
    default void pauseDisk(BackendRef sandbox, Instant deadline) {
        throw ExtensionException.notApplied(
                ExtensionException.Kind.UNSUPPORTED,
                "this backend always keeps the memory of a paused sandbox; it can't keep only the disk");
    }

    /**
     * Resumes a paused sandbox where it stopped. If the sandbox is running, this only moves its deadline.
     *
     * @param sandbox the backend's id of the sandbox
     * @param deadline when the backend ends the sandbox by itself
     * @return the deadline now in force; earlier than requested when the account allows no more
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended, such as after the deadline of the pause
     */
    Instant resume(BackendRef sandbox, Instant deadline);
}
