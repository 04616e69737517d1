package dev.sandboxer.http;

/** Thrown when an answer can't be completed. The server cuts the connection, so that the client sees that the answer is incomplete. */
public final class AnswerCutException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public AnswerCutException(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
