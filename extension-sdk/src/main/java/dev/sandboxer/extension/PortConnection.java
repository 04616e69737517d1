package dev.sandboxer.extension;

import java.io.InputStream;
import java.io.OutputStream;

/** A byte stream to a port inside. One thread may read while another writes. */
public interface PortConnection extends AutoCloseable {
    InputStream input();

    OutputStream output();

    /** Sends the end of our stream; reading goes on. */
    void shutdownOutput();

    @Override
    void close();
}
