package dev.sandboxer.http;

import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * Ends the streams of HTTP/2 clients that have sent GOAWAY and closed the connection. Jetty itself does this only for clients that close
 * without GOAWAY; after GOAWAY, a silent stream would stay open until a write to it fails.
 */
final class AbandonedStreams {
    private final ServerConnector connector;

    AbandonedStreams(ServerConnector connector) {
        this.connector = connector;
    }

    void end() {
        for (EndPoint client : connector.getConnectedEndPoints()) {
            if (client.getConnection() instanceof HTTP2Connection connection && client.isInputShutdown()) {
                for (Stream stream : connection.getSession().getStreams()) {
                    // PriorKnowledgeHttp2 notifies the stream's listeners of the reset
                    stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
                }
            }
        }
    }
}
