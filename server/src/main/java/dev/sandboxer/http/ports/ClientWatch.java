package dev.sandboxer.http.ports;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * Detects that an HTTP/1 client closes its connection while it waits for a response and nothing else reads from the connection. For HTTP/2
 * clients, Jetty reports this itself.
 *
 * <p>A client that closes only its sending side also counts as gone. A client that sends its next request before the response is no longer
 * watched; its close is noticed only when a write to it fails.
 */
public final class ClientWatch {
    private enum State {
        IDLE,
        ARMED,
        OVER
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private final @Nullable AbstractEndPoint client;
    private final Runnable gone;

    /** @param gone called at most once; must not block */
    public ClientWatch(Request request, Runnable gone) {
        this.client = client(request);
        this.gone = gone;
    }

    /** Begins to watch; to be called once the request has been read to its end. */
    public synchronized void arm() {
        if (client != null && state.compareAndSet(State.IDLE, State.ARMED)) {
            listen(client);
        }
    }

    /** Stops watching; to be called before the request is completed, since the server then reads from the connection again. */
    public synchronized void end() {
        if (state.getAndSet(State.OVER) == State.ARMED && client != null) {
            // the server can't read while a callback is registered, so run it; it now does nothing
            client.getFillInterest().fillable();
        }
    }

    private void listen(AbstractEndPoint client) {
        client.tryFillInterested(
                Callback.from(InvocationType.NON_BLOCKING, () -> readable(client), failure -> report()));
    }

    /** Never runs at the same time as {@link #end()}. After that call, the bytes belong to Jetty. */
    private synchronized void readable(AbstractEndPoint client) {
        if (state.get() != State.ARMED) {
            return;
        }
        try {
            if (available(client) > 0) {
                state.compareAndSet(State.ARMED, State.OVER);
                return;
            }
            // the end of the stream, or a false alarm
            var bytes = BufferUtil.allocate(1);
            switch (client.fill(bytes)) {
                case -1 -> report();
                case 0 -> listen(client);
                default -> giveBack(client, bytes);
            }
        } catch (IOException e) {
            report();
        }
    }

    /** Passes a byte that arrived after the check to Jetty's connection. */
    private void giveBack(AbstractEndPoint client, ByteBuffer bytes) {
        if (client.getConnection() instanceof Connection.UpgradeTo connection) {
            state.compareAndSet(State.ARMED, State.OVER);
            connection.onUpgradeTo(bytes);
        } else {
            report();
        }
    }

    private void report() {
        if (state.compareAndSet(State.ARMED, State.OVER)) {
            gone.run();
        }
    }

    private static int available(AbstractEndPoint client) throws IOException {
        return client.getTransport() instanceof SocketChannel channel
                ? channel.socket().getInputStream().available()
                : 0;
    }

    private static @Nullable AbstractEndPoint client(Request request) {
        var connection = request.getConnectionMetaData();
        return connection.getHttpVersion().getVersion() < HttpVersion.HTTP_2.getVersion()
                        && connection.getConnection().getEndPoint() instanceof AbstractEndPoint client
                ? client
                : null;
    }
}
