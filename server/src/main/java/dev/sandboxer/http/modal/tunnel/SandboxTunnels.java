package dev.sandboxer.http.modal.tunnel;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.observe.VirtualThreads;
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
    /** Strangers get no more of a sandbox at a time, so that its owner still gets in. */
    static final int MOST_CONNECTIONS = 512;

    private static final Logger LOG = LoggerFactory.getLogger(SandboxTunnels.class);
    private static final int BACKLOG = 128;
    private static final Duration OUT_OF_SOCKETS = Duration.ofMillis(200);

    private final Sandboxes sandboxes;
    private final SandboxId id;
    private final InstantSource clock;
    private final Map<Integer, ServerSocket> listeners = new HashMap<>();
    private final Set<TunnelConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    SandboxTunnels(Sandboxes sandboxes, SandboxId id, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.id = id;
        this.clock = clock;
    }

    /** The server's port that leads to a port of the sandbox; opened when it isn't yet. */
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
                    LOG.atWarn().addKeyValue("sandbox", id).setCause(e).log("a tunnel can't take a connection");
                    Sleeper.REAL.sleep(OUT_OF_SOCKETS);
                }
            }
        }
    }

    private void admit(Socket client, int port) {
        var connection = new TunnelConnection(client, clock);
        connections.add(connection);
        if (closed || connections.size() > MOST_CONNECTIONS) {
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

    private void serve(TunnelConnection connection, int port) {
        try {
            var sandbox = sandboxes.find(id).orElseThrow();
            sandboxes.use(sandbox, session -> {
                try (var inside = session.ports().dial(port)) {
                    connection.relay(inside);
                    return true;
                }
            });
        } catch (SandboxException e) {
            // nobody listens there, or the sandbox doesn't run: a closed connection says as much
            LOG.atDebug().addKeyValue("sandbox", id).setCause(e).log("a connection through a tunnel failed");
        }
    }

    private void end(TunnelConnection connection) {
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

    /** Returns at once; a backend may take long to hang up. */
    private static void cut(TunnelConnection connection) {
        VirtualThreads.start("tunnel-cut", connection::close);
    }

    /** Cuts the connections whose clients have most likely gone. */
    void cutAbandoned() {
        var now = clock.instant();
        connections.stream().filter(it -> it.isAbandoned(now)).forEach(SandboxTunnels::cut);
    }

    /** Closes the tunnels, and cuts all connections. */
    @Override
    public synchronized void close() {
        closed = true;
        for (ServerSocket listener : listeners.values()) {
            try {
                listener.close();
            } catch (IOException e) {
                LOG.atDebug().addKeyValue("sandbox", id).setCause(e).log("a tunnel was closed badly");
            }
        }
        cut();
    }
}
