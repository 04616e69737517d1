package dev.sandboxer.http.ports;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * Lifts the idle time-out of a request, so that both sides may be silent for as long as they like. Only a client that reads nothing of
 * what is sent to it for the time-out counts as gone.
 */
public final class RequestIdleTimeout {
    private static final long NEVER = 0;

    private RequestIdleTimeout() {}

    /** Lifts the idle time-out of a request from now on. */
    public static void lift(Request request) {
        request.addIdleTimeoutListener(timeout -> false);
        if (request.getConnectionMetaData().getHttpVersion().getVersion() >= HttpVersion.HTTP_2.getVersion()) {
            request.addHttpStreamWrapper(Stream::new);
        }
    }

    /**
     * Runs the idle time-out only during writes. Jetty also counts silence, and when the time is up it fails a write that has only
     * just begun: events sent at the interval of the time-out were lost now and then.
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
