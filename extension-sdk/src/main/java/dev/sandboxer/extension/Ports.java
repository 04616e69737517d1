package dev.sandboxer.extension;

/** The ports of a sandbox. */
public interface Ports {
    /**
     * Connects to a port on the sandbox's loopback address.
     *
     * @throws OperationException {@code REFUSED} when nothing listens there
     */
    PortConnection dial(int port);
}
