package dev.sandboxer.http.ports;

/** A request that can't be passed on; nothing has been sent to the sandbox or to the client. */
public final class RequestRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    RequestRefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The HTTP status that the client is owed: 400, or 501 for what we can't do. */
    public int status() {
        return status;
    }
}
