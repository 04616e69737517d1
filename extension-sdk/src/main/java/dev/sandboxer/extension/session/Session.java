package dev.sandboxer.extension.session;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;

/**
 * Access to one running sandbox: its processes, files and ports. Thread-safe.
 *
 * <p>Every method of a session, and of the objects that it returns, throws {@link OperationException} when the operation fails inside the
 * sandbox, and {@link ExtensionException} of kind {@code GONE} when the sandbox has ended or {@code TRANSIENT} when it can't be reached.
 */
public interface Session extends AutoCloseable {
    /** {@return the processes that were started through the backend} */
    Processes processes();

    /** {@return the file system} */
    SandboxFiles files();

    /**
     * Returns access to the TCP ports inside the sandbox; only with {@link Capability#PORTS}.
     *
     * @return the ports on the sandbox's loopback address
     */
    Ports ports();

    /** Releases connections. Processes in the sandbox keep running. */
    @Override
    void close();
}
