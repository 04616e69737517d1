package dev.sandboxer.http.modal.router.exec;

/** The streams of a running command. */
public interface CommandStreams {
    /** Reports that the command has started. */
    void started();

    StdinPipe stdin();

    /** Writes to standard output; waits while nobody reads and too much is kept. The array belongs to the callee from then on. */
    void stdout(byte[] bytes) throws InterruptedException;

    /** Writes to standard error, in the same way. */
    void stderr(byte[] bytes) throws InterruptedException;
}
