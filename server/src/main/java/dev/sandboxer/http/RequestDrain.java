package dev.sandboxer.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.NanoTime;

/**
 * Reads and discards the rest of a request's body after its answer. Otherwise a client that is still sending would find the
 * connection closed, and might never read the answer. Not thread-safe.
 */
final class RequestDrain {
    private static final long MAX_BYTES = 32L << 20;

    private final Request request;
    private final Timeouts timeouts;
    private final Semaphore arrived = new Semaphore(0);
    private long left = MAX_BYTES;
    private boolean broken;

    RequestDrain(Request request, Timeouts timeouts) {
        this.request = request;
        this.timeouts = timeouts;
    }

    /** Discards what has arrived, without waiting. Returns true if the body has been read to its end. */
    boolean skipArrived() {
        for (var chunk = request.read(); chunk != null; chunk = request.read()) {
            if (Content.Chunk.isFailure(chunk)) {
                broken = true; // another read would fail in the same way
                return false;
            }
            left -= chunk.remaining();
            chunk.release();
            if (chunk.isLast() || left < 0) {
                return chunk.isLast();
            }
        }
        return false;
    }

    /** Waits for the rest of the body and discards it. Returns false if it is too long or too slow, or the connection fails. */
    boolean await() throws InterruptedException {
        var begun = NanoTime.now();
        while (!skipArrived()) {
            var enough = broken
                    || left < 0
                    || NanoTime.since(begun) > timeouts.body().toNanos();
            if (enough || !more(timeouts.linger())) {
                return false;
            }
        }
        return true;
    }

    private boolean more(Duration limit) throws InterruptedException {
        request.demand(arrived::release);
        return arrived.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
    }
}
