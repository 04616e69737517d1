package dev.sandboxer.e2b.http;

import java.io.IOException;

/** A call that got no response. */
public final class CallFailedException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean sent;
    private final boolean interrupted;

    private CallFailedException(String message, boolean sent, boolean interrupted, Throwable cause) {
        super(message, cause);
        this.sent = sent;
        this.interrupted = interrupted;
    }

    static CallFailedException notSent(String message, Throwable cause) {
        return new CallFailedException(message, false, false, cause);
    }

    static CallFailedException noAnswer(String message, Throwable cause) {
        return new CallFailedException(message, true, false, cause);
    }

    static CallFailedException interrupted(Throwable cause) {
        return new CallFailedException("interrupted", true, true, cause);
    }

    /** Returns true if any part of the request may have reached the server. */
    public boolean sent() {
        return sent;
    }

    /** Returns true if the connection broke, as a pooled one that went stale does, so that a retry may help. */
    public boolean broke() {
        return !interrupted && getCause() instanceof IOException;
    }

    /** Returns true if the calling thread was interrupted; do not retry then. */
    public boolean interrupted() {
        return interrupted;
    }
}
