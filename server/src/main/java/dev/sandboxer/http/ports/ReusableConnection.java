package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;

/** A connection to another proxy that can serve several requests, one after the other. */
public interface ReusableConnection extends PortConnection {
    /** Gives the connection back instead of closing it. Allowed once a complete request and response, and nothing else, have passed. */
    void release();
}
