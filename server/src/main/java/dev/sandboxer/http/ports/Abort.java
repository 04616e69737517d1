package dev.sandboxer.http.ports;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** Ends of a client's connection that can't be taken for good ones. */
final class Abort {
    private Abort() {}

    /** A failure that makes the server drop the request's connection, or reset its stream, without an answer of its own. */
    static Throwable of(Request request, Throwable cause) {
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0) {
            reset(request.getConnectionMetaData().getConnection().getEndPoint());
        }
        return new Request.Handler.AbortException(cause);
    }

    /** Closes a connection whose bytes have no frames that would tell that some are missing. */
    static void tear(EndPoint client, Throwable cause) {
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
