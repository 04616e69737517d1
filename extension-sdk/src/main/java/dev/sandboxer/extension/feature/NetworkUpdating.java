package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.spec.NetworkRules;

/** A backend that can change the network rules of a running sandbox; {@link Capability#NETWORK_UPDATE}. */
public interface NetworkUpdating {
    /**
     * Replaces all network rules of a sandbox. Connections that the new rules don't allow are cut, or carry no more data. A backend may
     * refuse the change while the sandbox is paused.
     *
     * @param sandbox the backend's id of the sandbox
     * @param rules the new rules
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended; {@code UNSUPPORTED} when the backend can't enforce these
     *     rules, at all or for this sandbox. The old rules then stay in force
     */
    void updateNetwork(BackendRef sandbox, NetworkRules rules);
}
