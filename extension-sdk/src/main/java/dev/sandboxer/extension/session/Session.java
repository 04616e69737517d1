package dev.sandboxer.extension.session;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;

/**
 * Work inside one running sandbox. Thread-safe.
 *
 * <p>Every method of a session, and of what it returns, throws {@link OperationException} when the sandbox refuses, and
 * {@link ExtensionException} of kind {@code GONE} when the sandbox has ended or {@code TRANSIENT} when it can't be reached.
 */
public interface Session extends AutoCloseable {
    /** {@return the processes that were started through the backend} */
    Processes processes();

    /** {@return the file system} */
    SandboxFiles files();

    /**
     * The ports inside; only with {@link Capability#PORTS}.
     *
     * @return the ports, from the loopback address inside
     */
    Ports ports();

    /** Releases connections. Processes inside go on. */
    @Override
    void close();
}
