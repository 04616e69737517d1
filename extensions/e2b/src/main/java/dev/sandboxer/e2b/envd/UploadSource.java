package dev.sandboxer.e2b.envd;

import dev.sandboxer.e2b.http.IdleTimer;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is uploaded. Remembers how reading it failed, since the HTTP client tells only that it did; and notices when the
 * other side takes nothing any more, which is when nobody reads here. The time that the source itself takes doesn't count.
 */
final class UploadSource extends FilterInputStream {
    private final IdleTimer idleTimer;
    private final Duration timeout;
    private @Nullable IOException failure;
    private @Nullable Runnable breakOff;
    private IdleTimer.@Nullable Wait wait;
    private boolean reading;
    private boolean done;

    UploadSource(InputStream source, IdleTimer idleTimer, Duration timeout) {
        super(source);
        this.idleTimer = idleTimer;
        this.timeout = timeout;
    }

    /** What ends the upload. */
    synchronized void onIdle(Runnable action) {
        breakOff = action;
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
        if (!reading && !done && breakOff != null) {
            wait = idleTimer.start(timeout, breakOff);
        }
    }

    synchronized void done() {
        done = true;
        rearm();
    }

    synchronized void rethrow() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /** The source is the caller's to close. */
    @Override
    public void close() {}
}
