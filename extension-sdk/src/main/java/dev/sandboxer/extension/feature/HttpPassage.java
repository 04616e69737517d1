package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.Ports;
import java.util.Set;

/**
 * A backend that has an HTTP address for each port of a sandbox; {@link Capability#HTTP_PASSAGE}. Requests for a port are forwarded
 * unchanged to that address, not sent through {@link Ports#dial}.
 *
 * <p>The backend ends a sandbox's streams when the sandbox ends or is paused.
 */
public interface HttpPassage {
    /**
     * Returns the address of a port of a running sandbox. Doesn't check that a server listens on the port. Called before every request, so
     * implementations may cache the address.
     *
     * @param sandbox the backend's id of the sandbox
     * @param port 1 to 65535
     * @return the target of requests for the port
     * @throws ExtensionException of kind {@code GONE} when the sandbox is known to have ended; {@code UNSUPPORTED} when this port has no
     *     HTTP address and is reachable only through {@link Ports#dial}
     */
    HttpTarget httpTarget(BackendRef sandbox, int port);

    /**
     * Like {@link #httpTarget}, but asks the backend instead of a cache. Use after a failed request.
     *
     * @param sandbox the backend's id of the sandbox
     * @param port 1 to 65535
     * @return the current target of requests for the port
     * @throws ExtensionException as {@link #httpTarget}, and always of kind {@code GONE} when the sandbox has ended
     */
    HttpTarget refreshHttpTarget(BackendRef sandbox, int port);

    /**
     * Returns the protocols that the backend's own daemon serves in each sandbox, at the protocol's usual port. A server that offers such a
     * protocol to its clients may forward their requests to the daemon. Empty by default.
     *
     * @return names of protocols in lower case
     */
    default Set<String> protocols() {
        return Set.of();
    }
}
