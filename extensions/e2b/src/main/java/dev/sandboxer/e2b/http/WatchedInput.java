package dev.sandboxer.e2b.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;

/**
 * The body of an answer that fails when nothing comes for too long. Only the time of a read counts: a reader may take its
 * time between two.
 */
public final class WatchedInput extends FilterInputStream {
    private final Watchdog watchdog;
    private final Duration silence;
    private volatile boolean silent;

    public WatchedInput(InputStream body, Watchdog watchdog, Duration silence) {
        super(body);
        this.watchdog = watchdog;
        this.silence = silence;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try (var _ = watchdog.during(silence, this::breakOff)) {
            return super.read(buffer, offset, length);
        } catch (IOException e) {
            if (silent) {
                throw new IOException(
                        watchdog.isClosed() ? "closed on our side" : "silent for " + silence.toSeconds() + " s", e);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
            var why = e.getMessage();
            throw new IOException("the connection to the sandbox broke" + (why == null ? "" : ": " + why), e);
        }
    }

    private void breakOff() {
        silent = true;
        try {
            in.close();
        } catch (IOException e) {
            // it is broken off all the same
        }
    }
}
