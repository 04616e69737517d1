package dev.sandboxer.cli.sandboxes.ports;

import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.observe.VirtualThreads;
import dev.sandboxer.ports.RelayedConnection;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Forwards connections to ports of a sandbox. Forwards at most 512 connections at a time, each with a buffer of 16 KiB per direction;
 * further clients wait. A failure is reported once, and again only after a success. Thread-safe.
 */
public final class PortForwarder implements AutoCloseable {
    static final int MAX_CONNECTIONS = 512;

    private static final Duration OUT_OF_SOCKETS = Duration.ofMillis(200);

    private final Ports ports;
    private final Console console;
    private final Set<RelayedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore room = new Semaphore(MAX_CONNECTIONS);
    private final Semaphore doubts = new Semaphore(0);
    private final AtomicBoolean full = new AtomicBoolean();
    private volatile boolean closed;

    PortForwarder(Ports ports, Console console) {
        this.ports = ports;
        this.console = console;
    }

    void begin(PublishedPorts.Listener listener) {
        VirtualThreads.start("forward-" + listener.inside(), () -> accept(listener));
    }

    private void accept(PublishedPorts.Listener listener) {
        var trouble = new AtomicBoolean();
        while (!closed) {
            try {
                awaitRoom();
                admit(listener.socket().accept(), listener.inside(), trouble);
            } catch (IOException e) {
                room.release();
                if (!closed) {
                    tell(trouble, "can't accept a connection: " + e.getMessage());
                    Sleeper.REAL.sleep(OUT_OF_SOCKETS);
                }
            }
        }
    }

    private void awaitRoom() {
        if (!room.tryAcquire()) {
            tell(full, MAX_CONNECTIONS + " connections are open; further ones wait until one closes");
            room.acquireUninterruptibly();
        }
    }

    private void admit(Socket client, int inside, AtomicBoolean trouble) {
        var connection = new RelayedConnection(client, InstantSource.system());
        connections.add(connection);
        VirtualThreads.start("forwarded", () -> {
            try {
                serve(connection, inside, trouble);
            } finally {
                connections.remove(connection);
                connection.close();
                room.release();
            }
        });
        if (closed) {
            connection.close();
        }
    }

    private void serve(RelayedConnection connection, int inside, AtomicBoolean trouble) {
        try (var there = ports.dial(inside)) {
            trouble.set(false);
            if (!connection.relay(there)) {
                doubts.release();
            }
        } catch (OperationException e) {
            tell(
                    trouble,
                    e.reason() == Reason.REFUSED
                            ? "nothing listens on port " + inside + " in the sandbox yet"
                            : "port " + inside + ": " + e.getMessage());
        } catch (ExtensionException e) {
            doubts.release();
            tell(trouble, "port " + inside + ": " + e.getMessage());
        }
    }

    private void tell(AtomicBoolean told, String text) {
        if (!closed && !told.getAndSet(true)) {
            console.note(text);
        }
    }

    /**
     * Waits until a connection into the sandbox has failed, which may mean that the sandbox is gone.
     *
     * @return false if none failed within the limit
     */
    boolean awaitFailure(Duration limit) throws InterruptedException {
        var doubtful = doubts.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS);
        doubts.drainPermits();
        return doubtful;
    }

    /** Closes all connections and accepts no more. */
    @Override
    public void close() {
        closed = true;
        // a backend may take long to close a connection
        connections.forEach(connection -> VirtualThreads.start("cut", connection::close));
    }
}
