package dev.sandboxer.connect;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A failed call with the protocol's code. The message is sent to the peer. */
public final class ConnectException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ConnectCode code;

    public ConnectException(ConnectCode code, String message) {
        this(code, message, null);
    }

    public ConnectException(ConnectCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ConnectCode code() {
        return code;
    }

    /** Returns the error to send to the peer. */
    public ConnectError error() {
        return new ConnectError(code, Objects.requireNonNullElse(getMessage(), ""));
    }
}
