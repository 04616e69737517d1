package dev.sandboxer.http.ports;

import dev.sandboxer.observe.VirtualThreads;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request's body to the server in the sandbox, on a thread of its own, since servers may answer before they have read it all.
 *
 * <p>When the server takes no more, the rest is still read and discarded, because a client may read the server's answer only after it has
 * sent everything. A body that ends too early must not look complete to the server.
 */
final class Upload {
    /** How long to wait for the end of a body to be written when the server has answered already. */
    private static final long DELIVERY_WAIT_MS = 100;

    /** In bytes, far below the smallest buffer of a connection. */
    private static final int SMALL_BODY = 8 * 1024;

    private final Request request;
    private final RequestWriter writer;
    private final Runnable complete;
    private final Consumer<Throwable> broken;
    private final CountDownLatch done = new CountDownLatch(1);
    private final Semaphore available = new Semaphore(0);
    private long remaining;
    private boolean unwanted;
    private boolean whole;
    private volatile boolean ending;
    private volatile @Nullable Thread thread;

    /**
     * Prepares an upload.
     *
     * @param complete called when the whole body was read
     * @param broken called when the client ends the body too early
     */
    Upload(Request request, RequestWriter writer, Runnable complete, Consumer<Throwable> broken) {
        this.request = request;
        this.writer = writer;
        this.complete = complete;
        this.broken = broken;
        this.remaining = request.getLength();
    }

    /**
     * Starts the upload. A small body that is already complete is sent on this thread: it fits into the buffers on the way, so the write
     * does not block.
     *
     * @param first the result of the request's first read
     */
    void start(Content.@Nullable Chunk first) {
        if (first != null && first.isLast() && !Content.Chunk.isFailure(first) && first.remaining() <= SMALL_BODY) {
            run(first);
        } else {
            thread = VirtualThreads.start("port-upload", () -> run(first));
        }
    }

    /** Waits for the end of the body; returns false if it doesn't come in time. */
    boolean await(Duration limit) throws InterruptedException {
        return done.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Returns true if the server has taken the whole body; waits up to 100 ms if the end is being written. */
    boolean delivered() {
        try {
            return ending && done.await(DELIVERY_WAIT_MS, TimeUnit.MILLISECONDS) && whole && !unwanted;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops the upload. Returns promptly if the connection that it may be writing to is closed. */
    void stop() throws InterruptedException {
        var reader = thread;
        if (reader != null) {
            reader.interrupt();
        }
        done.await();
    }

    private void run(Content.@Nullable Chunk first) {
        try {
            if (first == null) {
                send(BufferUtil.EMPTY_BUFFER, false);
            }
            var chunk = first;
            while (!process(chunk)) {
                chunk = request.read();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            broken.accept(e);
        } finally {
            done.countDown();
        }
    }

    /** Sends a chunk; returns true if it was the last. */
    private boolean process(Content.@Nullable Chunk chunk) throws IOException, InterruptedException {
        if (chunk == null) {
            request.demand(available::release);
            available.acquire();
            return false;
        }
        if (Content.Chunk.isFailure(chunk)) {
            if (chunk.isLast()) {
                throw new IOException("the client broke off the request", chunk.getFailure());
            }
            // an idle timeout, which doesn't matter here
            return false;
        }
        try {
            count(chunk);
            ending = chunk.isLast() || remaining == 0;
            send(chunk.getByteBuffer(), chunk.isLast());
        } finally {
            chunk.release();
        }
        if (chunk.isLast()) {
            whole = true;
            complete.run();
        }
        return chunk.isLast();
    }

    /** Checks the announced length: the server in the sandbox would read any excess as a second request. */
    private void count(Content.Chunk chunk) throws IOException {
        if (remaining >= 0) {
            remaining -= chunk.remaining();
            if (remaining < 0 || (chunk.isLast() && remaining > 0)) {
                throw new EOFException("the request's body is not as long as announced");
            }
        }
    }

    private void send(ByteBuffer content, boolean last) {
        if (unwanted) {
            return;
        }
        try {
            writer.write(content, last);
        } catch (IOException | RuntimeException e) {
            unwanted = true;
        }
    }
}
