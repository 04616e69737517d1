package dev.sandboxer.error;

import org.jspecify.annotations.Nullable;

/** A failure with a code; the message says what happened and what to do, on one line and without secrets. */
public final class SandboxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    public SandboxException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public SandboxException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
