package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import java.util.Optional;

/** A backend that counts the bytes that its sandboxes receive and send; {@link Capability#NETWORK_BYTES}. Consumers may be charged for them. */
public interface NetworkCounting {
    /**
     * Returns the bytes that a sandbox has received and sent since its creation. The count never falls and goes on after pauses,
     * and no process inside can change it. The call is cheap: it may be made every few seconds for every sandbox.
     *
     * @param sandbox the backend's id of the sandbox
     * @return the count, also of a sandbox that has ended by itself and was not destroyed yet; empty if it is not known any more
     */
    Optional<NetworkBytes> networkBytes(BackendRef sandbox);
}
