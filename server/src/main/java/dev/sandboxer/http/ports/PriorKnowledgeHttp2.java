package dev.sandboxer.http.ports;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Cleartext HTTP/2 with prior knowledge, for handlers that block.
 *
 * <p>Clients that ask to upgrade an HTTP/1.1 connection to HTTP/2 stay with HTTP/1.1. HTTP has deprecated that upgrade (RFC 9113,
 * section 3.1), and Jetty's implementation has three faults: until the handler of the first request returns, a cancel by the client goes
 * unnoticed, the idle timeout can't be turned off, and a chunked body is lost.
 *
 * <p>When Jetty resets a stream because the client broke the protocol, this class notifies the handlers that wait for the stream. Otherwise
 * they would wait for ever.
 */
public final class PriorKnowledgeHttp2 extends HTTP2CServerConnectionFactory {
    public PriorKnowledgeHttp2(HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable response)
            throws HttpException.RuntimeException {
        return request.getHttpVersion() == HttpVersion.HTTP_2
                ? super.upgradeConnection(connector, endPoint, request, response)
                : null;
    }

    @Override
    protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
        return new ResetListener(endPoint);
    }

    private final class ResetListener extends HTTPServerSessionListener {
        ResetListener(EndPoint endPoint) {
            super(endPoint);
        }

        @Override
        public void onClosed(Stream stream) {
            if (stream.isReset() && ((HTTP2Stream) stream).getAttachment() != null) {
                onFailure(
                        stream,
                        ErrorCode.CANCEL_STREAM_ERROR.code,
                        "reset",
                        new EofException("the stream was reset"),
                        Callback.NOOP);
            }
        }
    }
}
