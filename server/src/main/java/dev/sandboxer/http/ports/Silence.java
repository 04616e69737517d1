package dev.sandboxer.http.ports;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * An exchange in which both sides may be silent for as long as they like. Only a client that takes nothing of what is sent to
 * it for the server's idle time-out counts as gone.
 */
public final class Silence {
    private static final long NEVER = 0;

    private Silence() {}

    /** From now on silence is normal. */
    public static void expect(Request request) {
        request.addIdleTimeoutListener(timeout -> false);
        if (request.getConnectionMetaData().getHttpVersion().getVersion() >= HttpVersion.HTTP_2.getVersion()) {
            request.addHttpStreamWrapper(Stream::new);
        }
    }

    /**
     * Counts time only while something is being written. Jetty counts silence too, and when the time is over it fails what is
     * being written at that moment, however short a time ago that began: events that come as regularly as the time-out were
     * lost now and then.
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
