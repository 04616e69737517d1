package dev.sandboxer.http.ports;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * Turns off the idle timeout of a request while nothing is being written, so that both sides may be silent for any time. During a write it
 * still applies: a client that reads nothing for that long counts as gone.
 */
public final class RequestIdleTimeout {
    private static final long NEVER = 0;

    private RequestIdleTimeout() {}

    /** Turns off the idle timeout of a request from now on. */
    public static void lift(Request request) {
        request.addIdleTimeoutListener(timeout -> false);
        if (request.getConnectionMetaData().getHttpVersion().getVersion() >= HttpVersion.HTTP_2.getVersion()) {
            request.addHttpStreamWrapper(Stream::new);
        }
    }

    /**
     * Applies the idle timeout only during writes. Jetty also counts the silence before a write, and on expiry fails a write that has just
     * begun. So events sent at the interval of the timeout were sometimes lost.
     */
    private static final class Stream extends HttpStream.Wrapper {
        private final long idleTimeout;

        Stream(HttpStream stream) {
            super(stream);
            idleTimeout = stream.getIdleTimeout();
            stream.setIdleTimeout(NEVER);
        }

        @Override
        public void send(
                MetaData.Request request,
                MetaData.Response response,
                boolean last,
                ByteBuffer content,
                Callback callback) {
            setIdleTimeout(idleTimeout);
            super.send(request, response, last, content, new Callback.Nested(callback) {
                @Override
                public void succeeded() {
                    setIdleTimeout(NEVER);
                    super.succeeded();
                }
            });
        }
    }
}
