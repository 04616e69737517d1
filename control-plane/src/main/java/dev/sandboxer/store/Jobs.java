package dev.sandboxer.store;

/** Jobs that are being done until this is closed. */
public interface Jobs extends AutoCloseable {
    /** Interrupts a run that is at work, waits for its end, and leaves the jobs to other processes at once. */
    @Override
    void close();
}
