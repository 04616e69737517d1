package dev.sandboxer.http;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;

/**
 * Input that has to arrive within a time limit, counted from its creation. A read after the limit, or from a silent client, fails with
 * {@code TOO_SLOW}.
 */
final class TimedInput extends FilterInputStream {
    private final Duration limit;
    private final long begun = NanoTime.now();

    TimedInput(InputStream input, Duration limit) {
        super(input);
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n;
        try {
            n = super.read(bytes, offset, length);
        } catch (IOException e) {
            if (isSilence(e)) {
                throw tooSlow(e);
            }
            throw e;
        }
        if (NanoTime.since(begun) > limit.toNanos()) {
            throw tooSlow(null);
        }
        return n;
    }

    /** Returns true if a read failed because the client was silent for too long. */
    static boolean isSilence(Throwable failure) {
        return failure instanceof IOException && failure.getCause() instanceof TimeoutException;
    }

    private static SandboxException tooSlow(@Nullable Throwable cause) {
        return new SandboxException(ErrorCode.TOO_SLOW, "the request took too long to arrive", cause);
    }
}
