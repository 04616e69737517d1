package dev.sandboxer.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure with a code; the message says what happened and what to do, on one line and without secrets. */
public final class SandboxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final @Nullable Duration retryAfter;

    public SandboxException(ErrorCode code, String message) {
        super(message);
        this.code = code;
        this.retryAfter = null;
    }

    public SandboxException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.retryAfter = null;
    }

    /** Creates a failure after which a retry is worthwhile once {@code retryAfter} has passed. */
    public SandboxException(ErrorCode code, String message, Duration retryAfter) {
        super(message);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    public ErrorCode code() {
        return code;
    }

    /** Returns the time after which a retry is worthwhile; null if unknown. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
