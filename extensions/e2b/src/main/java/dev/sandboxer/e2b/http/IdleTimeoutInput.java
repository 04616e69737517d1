package dev.sandboxer.e2b.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;

/**
 * A response body whose reads fail when nothing arrives for too long. Only the time inside a read counts, so the reader
 * may pause between two reads.
 */
public final class IdleTimeoutInput extends FilterInputStream {
    private final IdleTimer idleTimer;
    private final Duration timeout;
    private volatile boolean timedOut;

    public IdleTimeoutInput(InputStream body, IdleTimer idleTimer, Duration timeout) {
        super(body);
        this.idleTimer = idleTimer;
        this.timeout = timeout;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try (var _ = idleTimer.start(timeout, this::abort)) {
            return super.read(buffer, offset, length);
        } catch (IOException e) {
            if (timedOut) {
                throw new IOException(
                        idleTimer.isClosed() ? "closed on our side" : "silent for " + timeout.toSeconds() + " s", e);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
            var why = e.getMessage();
            throw new IOException("the connection to the sandbox broke" + (why == null ? "" : ": " + why), e);
        }
    }

    private void abort() {
        timedOut = true;
        try {
            in.close();
        } catch (IOException e) {
            // close() closes it even if it fails
        }
    }
}
