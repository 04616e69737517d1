package dev.sandboxer.http;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.NanoTime;

/**
 * Closes HTTP/1 connections on which the head of a request takes too long. Jetty's idle timeout notices only silence, not a head
 * that arrives byte by byte.
 */
final class SlowHeadTimeout {
    private final ServerConnector connector;
    private final Duration limit;

    SlowHeadTimeout(ServerConnector connector, Duration limit) {
        this.connector = connector;
        this.limit = limit;
    }

    /** Returns how often to call {@link #close}. A slow head is noticed at most a quarter of the limit late. */
    Duration period() {
        return limit.dividedBy(4);
    }

    void close() {
        for (EndPoint client : connector.getConnectedEndPoints()) {
            if (client.getConnection() instanceof HttpConnection connection && isSlow(connection.getParser())) {
                client.close(new TimeoutException("the head of a request took more than " + limit.toSeconds() + " s"));
            }
        }
    }

    /**
     * Returns true if a head has been arriving for too long. Another thread changes the parser: it writes the begin time, then the volatile
     * state. So if the state shows a head both before and after the begin time is read, that time belongs to a head, or is zero.
     */
    private boolean isSlow(HttpParser parser) {
        if (!arriving(parser.getState())) {
            return false;
        }
        var begun = parser.getBeginNanoTime();
        return begun != 0 && arriving(parser.getState()) && NanoTime.since(begun) > limit.toNanos();
    }

    private static boolean arriving(HttpParser.State state) {
        return state.ordinal() > HttpParser.State.START.ordinal()
                && state.ordinal() < HttpParser.State.CONTENT.ordinal();
    }
}
