package dev.sandboxer.http.ports;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** Ends a client's connection so that the client can't take it for a regular end. */
final class Abort {
    private Abort() {}

    /** Returns a failure that makes the server drop the connection, or reset the HTTP/2 stream, without an answer of its own. */
    static Throwable of(Request request, Throwable cause) {
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0) {
            reset(request.getConnectionMetaData().getConnection().getEndPoint());
        }
        return new Request.Handler.AbortException(cause);
    }

    /** Resets a connection whose bytes have no framing from which the client could see that some are missing. */
    static void resetAndClose(EndPoint client, Throwable cause) {
        reset(client);
        client.close(cause);
    }

    /** Makes the coming close of a connection a reset. */
    private static void reset(EndPoint client) {
        if (client.getTransport() instanceof SocketChannel channel) {
            try {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                // it is closed already
            }
        }
    }
}
