package dev.sandboxer.http.ports;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** Aborts a client's connection so that the client can't mistake a cut response for a complete one. */
final class Abort {
    private Abort() {}

    /** Returns a failure that makes the server drop the connection, or reset the HTTP/2 stream, without an answer of its own. */
    static Throwable of(Request request, Throwable cause) {
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0) {
            reset(request.getConnectionMetaData().getConnection().getEndPoint());
        }
        return new Request.Handler.AbortException(cause);
    }

    /** Resets a connection whose protocol has no framing by which the client could see that bytes are missing. */
    static void resetAndClose(EndPoint client, Throwable cause) {
        reset(client);
        client.close(cause);
    }

    /** Makes the next close of a connection send a reset. */
    private static void reset(EndPoint client) {
        if (client.getTransport() instanceof SocketChannel channel) {
            try {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                // already closed
            }
        }
    }
}
