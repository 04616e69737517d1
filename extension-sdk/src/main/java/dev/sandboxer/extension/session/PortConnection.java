package dev.sandboxer.extension.session;

import java.io.InputStream;
import java.io.OutputStream;

/** A TCP connection to a port inside a sandbox. One thread may read while another writes; any thread may close it. */
public interface PortConnection extends AutoCloseable {
    /**
     * Returns the stream of bytes from the server in the sandbox. It ends when the server closes its side.
     *
     * @return a stream; closing it has no effect on the connection
     */
    InputStream input();

    /**
     * Returns the stream to the server in the sandbox. Writing blocks while the server doesn't read.
     *
     * @return a stream; closing it closes the caller's side, like {@link #shutdownOutput}
     */
    OutputStream output();

    /** Closes the caller's side of the connection. Reading continues to work. */
    void shutdownOutput();

    /** Closes both sides of the connection. */
    @Override
    void close();
}
