package dev.sandboxer.extension.session;

import dev.sandboxer.extension.Capability;

/** The TCP ports of a sandbox; {@link Capability#PORTS}. Thread-safe. */
public interface Ports {
    /**
     * Connects to a TCP port on the sandbox's loopback address.
     *
     * @param port 1 to 65535
     * @return an open connection, which the caller closes
     * @throws OperationException {@code REFUSED} when nothing listens there
     */
    PortConnection dial(int port);
}
