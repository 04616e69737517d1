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

    /** A failure that is over after some time. */
    public SandboxException(ErrorCode code, String message, Duration retryAfter) {
        super(message);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    public ErrorCode code() {
        return code;
    }

    /** When it is worth trying again; null when nobody knows. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
