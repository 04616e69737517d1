package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.observe.VirtualThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/**
 * A client's connection after it has changed the protocol: copies bytes both ways until both sides have ended. Each direction has a
 * thread and one buffer, and reads more only after it has written what it has. One direction may end long before the other. When one
 * fails, both connections are reset.
 */
final class Tunnel extends AbstractConnection implements Connection.UpgradeTo {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final PortConnection inside;
    private final ByteBuffer earlyFromInside;
    private ByteBuffer earlyFromClient = BufferUtil.EMPTY_BUFFER;
    private final Semaphore fillable = new Semaphore(0);
    private final AtomicInteger directions = new AtomicInteger(2);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean opened;
    private volatile boolean writing;

    /** @param earlyFromInside the bytes that the server sent directly after its 101 response */
    Tunnel(EndPoint client, Executor executor, PortConnection inside, ByteBuffer earlyFromInside) {
        super(client, executor);
        this.inside = inside;
        this.earlyFromInside = earlyFromInside;
    }

    boolean wasOpened() {
        return opened;
    }

    @Override
    public void onUpgradeTo(ByteBuffer early) {
        earlyFromClient = early;
    }

    @Override
    public void onOpen() {
        opened = true;
        super.onOpen();
        VirtualThreads.start("port-tunnel-in", () -> run(this::fromClient));
        VirtualThreads.start("port-tunnel-out", () -> run(this::fromInside));
    }

    @Override
    public void onFillable() {
        fillable.release();
    }

    /** Returns true, which ends the tunnel, only while the client doesn't read; silence alone doesn't end it. */
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return writing;
    }

    private interface Direction {
        void copy() throws IOException, InterruptedException;
    }

    private void run(Direction direction) {
        try {
            direction.copy();
            if (directions.decrementAndGet() == 0) {
                getEndPoint().close();
                closeInside();
            }
        } catch (InterruptedException | IOException | RuntimeException e) {
            Abort.resetAndClose(getEndPoint(), e);
            closeInside();
        }
    }

    private void closeInside() {
        if (closed.compareAndSet(false, true)) {
            inside.close();
        }
    }

    private void fromClient() throws IOException, InterruptedException {
        var output = inside.output();
        BufferUtil.writeTo(earlyFromClient, output);
        var buffer = BufferUtil.allocate(BUFFER_BYTES);
        while (true) {
            output.flush();
            BufferUtil.clear(buffer);
            int length = getEndPoint().fill(buffer);
            if (length < 0) {
                inside.shutdownOutput();
                return;
            }
            if (length == 0) {
                getEndPoint()
                        .fillInterested(Callback.from(
                                InvocationType.NON_BLOCKING, fillable::release, failure -> fillable.release()));
                fillable.acquire();
            }
            BufferUtil.writeTo(buffer, output);
        }
    }

    private void fromInside() throws IOException {
        write(earlyFromInside);
        var bytes = new byte[BUFFER_BYTES];
        while (true) {
            int length = inside.input().read(bytes);
            if (length < 0) {
                getEndPoint().shutdownOutput();
                return;
            }
            write(ByteBuffer.wrap(bytes, 0, length));
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        writing = true;
        try (var written = Blocker.callback()) {
            getEndPoint().write(written, bytes);
            written.block();
        } finally {
            writing = false;
        }
    }
}
