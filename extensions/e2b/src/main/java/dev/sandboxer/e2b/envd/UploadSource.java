package dev.sandboxer.e2b.envd;

import dev.sandboxer.e2b.http.IdleTimer;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The content of an upload. Keeps the exception of a failed read, which the HTTP client drops. Aborts the upload when nothing has read from
 * it for the timeout, which means that the server takes no more data; time spent in the source doesn't count.
 */
final class UploadSource extends FilterInputStream {
    private final IdleTimer idleTimer;
    private final Duration timeout;
    private @Nullable IOException failure;
    private @Nullable Runnable abort;
    private IdleTimer.@Nullable Wait wait;
    private boolean reading;
    private boolean done;

    UploadSource(InputStream source, IdleTimer idleTimer, Duration timeout) {
        super(source);
        this.idleTimer = idleTimer;
        this.timeout = timeout;
    }

    /** Sets what aborts an idle upload. */
    synchronized void onIdle(Runnable action) {
        abort = action;
        rearm();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        reading(true);
        try {
            return super.read(buffer, offset, length);
        } catch (IOException e) {
            failed(e);
            throw e;
        } finally {
            reading(false);
        }
    }

    private synchronized void reading(boolean now) {
        reading = now;
        rearm();
    }

    private synchronized void failed(IOException e) {
        failure = e;
    }

    private void rearm() {
        if (wait != null) {
            wait.close();
            wait = null;
        }
        if (!reading && !done && abort != null) {
            wait = idleTimer.start(timeout, abort);
        }
    }

    synchronized void done() {
        done = true;
        rearm();
    }

    synchronized void rethrowFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /** Does nothing: the caller closes the source. */
    @Override
    public void close() {}
}
