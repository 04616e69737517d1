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
 * Brings a request inside, on a thread of its own, as servers may answer before they have it all.
 *
 * <p>When the server doesn't want more, the rest is read all the same and thrown away: what it answered decides, and a client
 * may read that only once it has sent everything. When the body breaks off, the server must not take it for complete.
 */
final class Upload {
    /** How long the end of a body that a server has answered already may take to be written. */
    private static final long MOMENT_MS = 100;

    /** Far below the smallest buffer of a connection. */
    private static final int SMALL = 8 * 1024;

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
     * @param complete called when the whole body was read
     * @param broken called when the client broke it off
     */
    Upload(Request request, RequestWriter writer, Runnable complete, Consumer<Throwable> broken) {
        this.request = request;
        this.writer = writer;
        this.complete = complete;
        this.broken = broken;
        this.remaining = request.getLength();
    }

    /**
     * Begins; {@code first} is what the request gave when it was read for the first time. A small body that is all there is
     * brought inside at once: buffers on the way take it though nobody reads.
     */
    void start(Content.@Nullable Chunk first) {
        if (first != null && first.isLast() && !Content.Chunk.isFailure(first) && first.remaining() <= SMALL) {
            run(first);
        } else {
            thread = VirtualThreads.start("port-upload", () -> run(first));
        }
    }

    /** Waits for the end of the body; false when it doesn't come in time. */
    boolean await(Duration limit) throws InterruptedException {
        return done.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether the server has taken it all; waits a moment when the last of it is just being written. */
    boolean delivered() {
        try {
            return ending && done.await(MOMENT_MS, TimeUnit.MILLISECONDS) && whole && !unwanted;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Gives the body up; prompt when the connection that it may be writing to is closed. */
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

    /** Whether this was the last. */
    private boolean process(Content.@Nullable Chunk chunk) throws IOException, InterruptedException {
        if (chunk == null) {
            request.demand(available::release);
            available.acquire();
            return false;
        }
        if (Content.Chunk.isFailure(chunk)) {
            if (chunk.isLast()) {
                throw new IOException("the client broke the request off", chunk.getFailure());
            }
            // idle for long, which a stream may be
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

    /** More than was announced would be a second request to the server inside. */
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
