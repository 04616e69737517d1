package dev.sandboxer.extension;

/**
 * Work inside one running sandbox.
 *
 * <p>Every method of a session, and of what it returns, throws {@link OperationException} when the sandbox refuses and
 * {@link ExtensionException} of kind {@code GONE} when the sandbox has ended, {@code TRANSIENT} when it can't be reached.
 */
public interface Session extends AutoCloseable {
    Processes processes();

    SandboxFiles files();

    Ports ports();

    /** Releases connections; processes inside go on. */
    @Override
    void close();
}
