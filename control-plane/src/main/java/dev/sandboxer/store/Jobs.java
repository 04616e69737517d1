package dev.sandboxer.store;

/** Jobs that run until this is closed. */
public interface Jobs extends AutoCloseable {
    /** Interrupts the current runs and waits for their end. Other processes can take the jobs over at once. */
    @Override
    void close();
}
