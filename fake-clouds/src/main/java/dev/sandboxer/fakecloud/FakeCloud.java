package dev.sandboxer.fakecloud;

import dev.sandboxer.error.SandboxException;

/** A cloud that runs on this machine, until it is closed. Thread-safe. */
public interface FakeCloud extends AutoCloseable {
    /** Where clients reach it. */
    String url();

    /**
     * Stops listening and ends all sandboxes.
     *
     * @throws SandboxException {@code BACKEND_FAILED} with a line for each sandbox that is left
     */
    @Override
    void close();
}
