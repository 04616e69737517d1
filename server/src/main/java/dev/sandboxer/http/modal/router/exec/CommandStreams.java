package dev.sandboxer.http.modal.router.exec;

/** What a command is connected to while it runs. */
public interface CommandStreams {
    /** It has begun: whoever wanted it started is told so. */
    void started();

    StdinPipe stdin();

    /** Adds to standard output; waits while nobody reads and much is kept already. The array belongs to the callee. */
    void stdout(byte[] bytes) throws InterruptedException;

    /** Adds to standard error, likewise. */
    void stderr(byte[] bytes) throws InterruptedException;
}
