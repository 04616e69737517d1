package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;

/** A connection to another proxy, on which several requests can be sent one after the other. */
public interface ReusableConnection extends PortConnection {
    /**
     * Returns the connection for reuse instead of closing it. Allowed only after a complete request and its complete response, with no
     * bytes besides them.
     */
    void release();
}
