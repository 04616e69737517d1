package dev.sandboxer.e2b.http;

import java.io.IOException;

/** A call to which there was no answer. */
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

    /** Whether anything of it may have reached the other side. */
    public boolean sent() {
        return sent;
    }

    /** Whether the connection broke, as one does that was kept for too long, and asking again may help. */
    public boolean broke() {
        return !interrupted && getCause() instanceof IOException;
    }

    /** Whether the calling thread was interrupted, which means: leave it. */
    public boolean interrupted() {
        return interrupted;
    }
}
