package dev.sandboxer.ports;

import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.observe.VirtualThreads;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Relays one client's connection to a port of a sandbox, in both directions, until both sides have ended. Each direction has a
 * thread and one buffer, and writes what it has before it reads more. One side may end long before the other. If the server in the
 * sandbox stops reading, its response still reaches the client. After any other failure both connections are reset.
 */
public final class RelayedConnection implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 * 1024;

    /** How long the sandbox may be silent after the client has ended its side; the client may no longer exist. */
    private static final Duration MAX_SILENCE = Duration.ofMinutes(10);

    /** How long a client may keep sending after the server in the sandbox has answered and stopped reading. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final Socket client;
    private final InstantSource clock;
    private @Nullable PortConnection inside;
    private boolean closed;
    private volatile @Nullable Instant clientEnded;
    private volatile boolean refused;

    /** @param client owned and closed by this connection */
    public RelayedConnection(Socket client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Relays until both sides have ended, or until {@link #close}.
     *
     * @return false if the connection was reset
     */
    public boolean relay(PortConnection inside) {
        begin(inside);
        var in = VirtualThreads.start("relay-in", () -> run(() -> fromClient(inside)));
        run(() -> fromInside(inside));
        try {
            while (!in.join(LINGER) && !refused) {
                // no time limit while the server still reads
            }
            client.close(); // orderly, without the reset of close()
            return !isClosed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            close();
        }
        return false;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void begin(PortConnection connection) {
        inside = connection;
        if (closed) {
            connection.close();
        }
    }

    private interface Direction {
        void copy() throws IOException;
    }

    private void run(Direction direction) {
        try {
            direction.copy();
        } catch (IOException | RuntimeException e) {
            close();
        }
    }

    /** Copies to the server. Discards what the server does not accept, because a reset could lose the response on its way to the client. */
    private void fromClient(PortConnection inside) throws IOException {
        client.setTcpNoDelay(true);
        client.setKeepAlive(true);
        var input = client.getInputStream();
        var buffer = new byte[BUFFER_BYTES];
        int length;
        while ((length = input.read(buffer)) >= 0) {
            if (!refused) {
                refused = !write(inside.output(), buffer, length);
            }
        }
        clientEnded = clock.instant();
        try {
            inside.shutdownOutput();
        } catch (RuntimeException e) {
            refused = true;
        }
    }

    private static boolean write(OutputStream server, byte[] buffer, int length) {
        try {
            server.write(buffer, 0, length);
            server.flush();
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private void fromInside(PortConnection inside) throws IOException {
        var input = inside.input();
        var output = client.getOutputStream();
        var buffer = new byte[BUFFER_BYTES];
        int length;
        while ((length = input.read(buffer)) >= 0) {
            if (clientEnded != null) {
                clientEnded = clock.instant(); // not silent yet
            }
            output.write(buffer, 0, length);
        }
        client.shutdownOutput();
    }

    /** Returns true if the client has ended its side and received nothing for {@link #MAX_SILENCE}. */
    public boolean isAbandoned(Instant now) {
        var since = clientEnded;
        return since != null && now.isAfter(since.plus(MAX_SILENCE));
    }

    /** Resets both sides, which tells the client that it did not receive everything. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (!client.isClosed()) {
                client.setSoLinger(true, 0);
                client.close();
            }
        } catch (IOException e) {
            // it is closed anyway
        }
        if (inside != null) {
            inside.close();
        }
    }
}
