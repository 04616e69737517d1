package dev.sandboxer.http.modal.tunnel;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.observe.VirtualThreads;
import dev.sandboxer.ports.RelayedConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tunnels of one sandbox, and the connections through them. Thread-safe. */
final class SandboxTunnels implements AutoCloseable {
    /** The most connections at a time. Limited because anyone may open connections, which must not lock out the owner's calls. */
    static final int MAX_CONNECTIONS = 512;

    private static final Logger LOG = LoggerFactory.getLogger(SandboxTunnels.class);
    private static final int BACKLOG = 128;
    private static final Duration ACCEPT_RETRY = Duration.ofMillis(200);

    private final Sandboxes sandboxes;
    private final SandboxId id;
    private final InstantSource clock;
    private final Map<Integer, ServerSocket> listeners = new HashMap<>();
    private final Set<RelayedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    SandboxTunnels(Sandboxes sandboxes, SandboxId id, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.id = id;
        this.clock = clock;
    }

    /** Returns the server's port that leads to a port of the sandbox; opens it on the first call. */
    synchronized int open(int port, InetAddress address) throws IOException {
        if (closed) {
            throw new SocketException("sandbox " + id + " has ended");
        }
        var known = listeners.get(port);
        if (known == null) {
            var fresh = new ServerSocket(0, BACKLOG, address);
            listeners.put(port, fresh);
            VirtualThreads.start("tunnel-" + id + "-" + port, () -> accept(fresh, port));
            known = fresh;
        }
        return known.getLocalPort();
    }

    private void accept(ServerSocket listener, int port) {
        while (!closed) {
            try {
                admit(listener.accept(), port);
            } catch (IOException e) {
                if (!closed) {
                    LOG.atWarn()
                            .addKeyValue("sandbox", id)
                            .setCause(e)
                            .log("can't accept a connection to a tunnel; trying again");
                    Sleeper.REAL.sleep(ACCEPT_RETRY);
                }
            }
        }
    }

    private void admit(Socket client, int port) {
        var connection = new RelayedConnection(client, clock);
        connections.add(connection);
        if (closed || connections.size() > MAX_CONNECTIONS) {
            end(connection);
            return;
        }
        VirtualThreads.start("tunnel-out", () -> {
            try {
                serve(connection, port);
            } finally {
                end(connection);
            }
        });
    }

    private void serve(RelayedConnection connection, int port) {
        try {
            var sandbox = sandboxes.find(id).orElseThrow();
            sandboxes.use(sandbox, session -> {
                try (var inside = session.ports().dial(port)) {
                    connection.relay(inside);
                    return true;
                }
            });
        } catch (SandboxException e) {
            // nothing listens there, or the sandbox doesn't run: the client sees a closed connection
            LOG.atDebug().addKeyValue("sandbox", id).setCause(e).log("a connection through a tunnel failed");
        }
    }

    private void end(RelayedConnection connection) {
        connections.remove(connection);
        connection.close();
    }

    boolean isInUse() {
        return !connections.isEmpty();
    }

    /** Cuts all connections. */
    void cut() {
        connections.forEach(SandboxTunnels::cut);
    }

    /** Closes the connection on another thread, since a backend may take long to close it. */
    private static void cut(RelayedConnection connection) {
        VirtualThreads.start("tunnel-cut", connection::close);
    }

    /** Cuts the connections whose clients have most likely disconnected. */
    void cutAbandoned() {
        var now = clock.instant();
        connections.stream().filter(it -> it.isAbandoned(now)).forEach(SandboxTunnels::cut);
    }

    /** Closes the tunnels and cuts all connections. */
    @Override
    public synchronized void close() {
        closed = true;
        for (ServerSocket listener : listeners.values()) {
            try {
                listener.close();
            } catch (IOException e) {
                LOG.atDebug().addKeyValue("sandbox", id).setCause(e).log("closing a tunnel failed");
            }
        }
        cut();
    }
}
