package dev.sandboxer.charging;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.extension.feature.NetworkCounting;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.routing.Backends;
import java.util.Collection;
import java.util.HashMap;
import java.util.Optional;

/** Asks backends how many bytes sandboxes have received and sent, and passes the totals to the meter. Thread-safe. */
public record NetworkReadings(Backends backends, Metering metering) {
    /**
     * Reads and records the totals of these sandboxes. A failed reading is not reported, since the end of a sandbox must not depend on it.
     */
    void read(Collection<Sandbox> sandboxes) {
        var totals = new HashMap<String, NetworkBytes>();
        for (Sandbox sandbox : sandboxes) {
            try {
                read(sandbox)
                        .filter(total -> !total.equals(NetworkBytes.NONE))
                        .ifPresent(total -> totals.put(sandbox.id().value(), total));
            } catch (ExtensionException | SandboxException e) {
                // readings are totals, so the next one includes these bytes
            }
        }
        if (totals.isEmpty()) {
            return;
        }
        try {
            metering.recordNetwork(totals);
        } catch (SandboxException e) {
            // the disk may be full; the end of a sandbox, which frees space, must not fail for that
        }
    }

    private Optional<NetworkBytes> read(Sandbox sandbox) {
        return sandbox.ref() != null
                        && backends.has(sandbox.extension(), Capability.NETWORK_BYTES)
                        && backends.of(sandbox.extension(), sandbox.credential()) instanceof NetworkCounting backend
                ? backend.networkBytes(sandbox.ref())
                : Optional.empty();
    }
}
