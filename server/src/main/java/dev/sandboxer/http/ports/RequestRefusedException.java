package dev.sandboxer.http.ports;

/** Thrown for a request that can't be forwarded. Nothing has been sent to the sandbox or to the client. */
public final class RequestRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    RequestRefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The HTTP status to answer with: 400, or 501 for an unsupported method. */
    public int status() {
        return status;
    }
}
