package dev.sandboxer.http.modal.tunnel;

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
 * One client's connection through a tunnel: bytes, both ways, until both sides have ended. Each direction has a thread and one
 * buffer; it reads no more before it has written what it has. One side may end long before the other. A server that takes no more
 * may still have answered: what it sends reaches the client. After any other failure both connections are torn down.
 */
final class TunnelConnection implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 * 1024;

    /** How long the sandbox may be silent once the client has ended its side; one that has gone looks the same. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);

    /** How long a client may go on sending to a server that has answered and takes no more. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final Socket client;
    private final InstantSource clock;
    private @Nullable PortConnection inside;
    private boolean closed;
    private volatile @Nullable Instant clientEnded;
    private volatile boolean refused;

    TunnelConnection(Socket client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Returns when both sides have ended, or after {@link #close}. */
    void relay(PortConnection inside) {
        begin(inside);
        var in = VirtualThreads.start("tunnel-in", () -> run(() -> fromClient(inside)));
        run(() -> fromInside(inside));
        try {
            while (!in.join(LINGER) && !refused) {
                // it may take as long as it likes to what listens
            }
            client.close(); // in good order, unlike close()
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            close();
        }
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

    /** What the server inside doesn't take is thrown away: a reset could cost the client the answer. */
    private void fromClient(PortConnection inside) throws IOException {
        client.setTcpNoDelay(true);
        client.setKeepAlive(true);
        var input = client.getInputStream();
        var buffer = new byte[BUFFER_BYTES];
        int length;
        while ((length = input.read(buffer)) >= 0) {
            if (!refused) {
                refused = !takes(inside.output(), buffer, length);
            }
        }
        clientEnded = clock.instant();
        try {
            inside.shutdownOutput();
        } catch (RuntimeException e) {
            refused = true;
        }
    }

    private static boolean takes(OutputStream server, byte[] buffer, int length) {
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

    /** Returns true when the client ended its side and has heard nothing for long. */
    boolean isAbandoned(Instant now) {
        var since = clientEnded;
        return since != null && now.isAfter(since.plus(LONGEST_SILENCE));
    }

    /** Tears both sides down: a reset tells the client that it doesn't have everything. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (!client.isClosed()) {
                client.setSoLinger(true, 0);
                client.close();
            }
        } catch (IOException e) {
            // it is closed all the same
        }
        if (inside != null) {
            inside.close();
        }
    }
}
