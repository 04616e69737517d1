package dev.sandboxer.http.origin;

import dev.sandboxer.extension.feature.HttpTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;

/**
 * A pool of HTTP/1.1 connections to sandboxes' own addresses. A connection is kept for a while after a request, for the next request to the
 * same target. Thread-safe.
 */
public final class Origins implements AutoCloseable {
    /** How long connecting may take; the TLS handshake may take as long again. */
    static final Duration CONNECT = Duration.ofSeconds(10);

    /** How long an idle connection is kept: less than most servers keep one. */
    private static final Duration IDLE = Duration.ofSeconds(20);

    private static final int MAX_IDLE_PER_TARGET = 16;
    private static final int MAX_IDLE = 2_000;

    /** Called only when needed, since the first call reads all certificates that the machine trusts. */
    private final Supplier<SSLSocketFactory> tls;

    private final Map<HttpTarget, Deque<OriginConnection>> idle = new HashMap<>();
    private int kept;
    private boolean closed;

    /** Makes a pool that trusts the certificates that Java trusts. */
    public Origins() {
        this(() -> (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    Origins(Supplier<SSLSocketFactory> tls) {
        this.tls = tls;
    }

    /** How often to call {@link #closeIdle()}. */
    public Duration period() {
        return IDLE.dividedBy(4);
    }

    /**
     * Returns a connection for one request. The caller closes or releases it.
     *
     * @throws IOException when the address can't be reached, or its certificate is not valid for its name
     */
    public OriginConnection connect(HttpTarget target) throws IOException {
        for (var again = take(target); again != null; again = take(target)) {
            if (again.isQuiet()) {
                return again;
            }
            again.close();
        }
        return OriginConnection.open(target, tls, this::keep);
    }

    private synchronized @Nullable OriginConnection take(HttpTarget target) {
        var there = idle.get(target);
        if (there == null) {
            return null;
        }
        var newest = there.removeLast();
        kept--;
        if (there.isEmpty()) {
            idle.remove(target);
        }
        return newest;
    }

    private void keep(OriginConnection connection) {
        if (!tryKeep(connection)) {
            connection.close();
        }
    }

    private synchronized boolean tryKeep(OriginConnection connection) {
        var there = idle.getOrDefault(connection.target(), new ArrayDeque<>());
        if (closed || kept >= MAX_IDLE || there.size() >= MAX_IDLE_PER_TARGET) {
            return false;
        }
        there.addLast(connection);
        idle.put(connection.target(), there);
        kept++;
        return true;
    }

    /** Closes connections that have been idle for too long. */
    public void closeIdle() {
        drop(NanoTime.now() - IDLE.toNanos()).forEach(OriginConnection::close);
    }

    private synchronized List<OriginConnection> drop(long before) {
        var old = new ArrayList<OriginConnection>();
        idle.values().removeIf(there -> {
            while (!there.isEmpty() && NanoTime.isBefore(there.getFirst().idleSince(), before)) {
                old.add(there.removeFirst());
            }
            return there.isEmpty();
        });
        kept -= old.size();
        return old;
    }

    /** The number of idle connections. */
    synchronized int kept() {
        return kept;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        drop(NanoTime.now() + 1).forEach(OriginConnection::close);
    }
}
