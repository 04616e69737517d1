package dev.sandboxer.extension.session;

import java.io.InputStream;
import java.io.OutputStream;

/** A byte stream to a port inside. One thread may read while another writes; any thread may close it. */
public interface PortConnection extends AutoCloseable {
    /**
     * What the server inside sends. Ends when the server ends its side.
     *
     * @return a stream; closing it closes nothing else
     */
    InputStream input();

    /**
     * What the server inside gets. Blocks while it doesn't read.
     *
     * @return a stream; closing it ends our side
     */
    OutputStream output();

    /** Ends our side of the stream. Reading goes on. */
    void shutdownOutput();

    /** Ends both sides. */
    @Override
    void close();
}
