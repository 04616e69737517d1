package dev.sandboxer.extension;

import dev.sandboxer.extension.session.Processes;
import java.time.Instant;

/**
 * A backend that can pause a sandbox; {@link Capability#PAUSE}. Both calls may be repeated safely.
 *
 * <p>A backend that takes a paused sandbox off its machine can't keep streams. Their readers get a failure of kind
 * {@code TRANSIENT}, and can {@link Processes#attach} to the process again after the pause.
 */
public interface Pausing {
    /**
     * Stops everything inside and keeps it, with memory and open files. Already paused is success, and moves the deadline of the
     * pause.
     *
     * <p>While a sandbox is paused nothing in it runs, and {@link Backend#connect} fails with kind {@code GONE} or
     * {@code TRANSIENT}, or waits. {@link Backend#list} and {@link Backend#find} show it as paused and with the deadline of the
     * pause, which {@link Backend#setDeadline} moves. The deadline that it had before does not count.
     *
     * @param sandbox the backend's id of the sandbox
     * @param deadline when the backend may throw it away if nobody has resumed it; a backend that can't end a paused sandbox
     *     by itself keeps it until it is destroyed
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended, {@code TRANSIENT} and without effect when
     *     something in it can't be stopped at the moment
     */
    void pause(BackendRef sandbox, Instant deadline);

    /**
     * Lets a paused sandbox go on where it was. Already running is success, and moves the deadline. One that was paused beyond
     * the deadline of the pause may be gone.
     *
     * @param sandbox the backend's id of the sandbox
     * @param deadline when the backend ends it by itself from now on
     * @return the deadline that it has now; earlier than asked for where the account allows no more
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended
     */
    Instant resume(BackendRef sandbox, Instant deadline);
}
