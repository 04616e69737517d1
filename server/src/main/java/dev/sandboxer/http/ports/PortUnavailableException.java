package dev.sandboxer.http.ports;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the server in the sandbox gives no answer, or an answer that is not HTTP. Nothing has been sent to the client, which should
 * get 502.
 */
public final class PortUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PortUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
