package dev.sandboxer.extension.session;

import java.io.InputStream;
import java.io.OutputStream;

/** A TCP connection to a port inside a sandbox. One thread may read while another writes; any thread may close it. */
public interface PortConnection extends AutoCloseable {
    /**
     * Returns the bytes that the server in the sandbox sends. The stream ends when the server ends its side.
     *
     * @return a stream; closing it has no effect on the connection
     */
    InputStream input();

    /**
     * Returns the stream to the server in the sandbox. Writing blocks while the server doesn't read.
     *
     * @return a stream; closing it ends our side, like {@link #shutdownOutput}
     */
    OutputStream output();

    /** Ends our side of the connection. Reading goes on. */
    void shutdownOutput();

    /** Ends both sides. */
    @Override
    void close();
}
