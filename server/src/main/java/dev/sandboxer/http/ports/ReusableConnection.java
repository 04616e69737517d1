package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;

/** A connection to another proxy, over which one request may follow another. */
public interface ReusableConnection extends PortConnection {
    /** Gives it back, in place of closing it: a request and its response have gone over it, whole, and nothing else. */
    void release();
}
