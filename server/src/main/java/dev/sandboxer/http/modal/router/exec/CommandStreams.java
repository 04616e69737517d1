package dev.sandboxer.http.modal.router.exec;

/** The streams of a running command. */
public interface CommandStreams {
    /** Reports that the command has started. */
    void started();

    StdinPipe stdin();

    /** Writes to standard output; waits while the space for unread output is full. The caller must not change the array afterwards. */
    void stdout(byte[] bytes) throws InterruptedException;

    /** Writes to standard error, like {@link #stdout}. */
    void stderr(byte[] bytes) throws InterruptedException;
}
