package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import java.util.Optional;

/** A backend that counts the bytes that its sandboxes receive and send; {@link Capability#NETWORK_BYTES}. Consumers may be charged for them. */
public interface NetworkCounting {
    /**
     * Returns the bytes that a sandbox has received and sent since its creation. The count never decreases, continues after a pause, and
     * can't be changed by a process in the sandbox. Must be cheap: called every few seconds for every sandbox.
     *
     * @param sandbox the backend's id of the sandbox
     * @return the count, also for a sandbox that has ended by itself and was not destroyed yet; empty if the count is no longer known
     */
    Optional<NetworkBytes> networkBytes(BackendRef sandbox);
}
