package dev.sandboxer.http;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.NanoTime;

/**
 * Closes the HTTP/1 connections on which the head of a request takes too long, though it arrives steadily: Jetty's idle
 * time-out sees silence only.
 */
final class SlowHeads {
    private final ServerConnector connector;
    private final Duration limit;

    SlowHeads(ServerConnector connector, Duration limit) {
        this.connector = connector;
        this.limit = limit;
    }

    /** How often to call {@link #close}. A slow head is noticed at most a quarter of the limit late. */
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
     * Reads a parser that belongs to another thread. Its state is volatile and is written after the time, so a time that was
     * read while a head was arriving is the time of a head, or zero between two.
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
