package dev.sandboxer.http.ports;

import org.jspecify.annotations.Nullable;

/** The server inside gave no answer, or one that is not HTTP; nothing has been sent to the client, who is owed a 502. */
public final class PortUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PortUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
