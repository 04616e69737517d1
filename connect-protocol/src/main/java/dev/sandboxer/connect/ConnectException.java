package dev.sandboxer.connect;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call that failed, with the protocol's code; the message is for the other side to read. */
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

    /** What goes over the wire. */
    public ConnectError error() {
        return new ConnectError(code, Objects.requireNonNullElse(getMessage(), ""));
    }
}
