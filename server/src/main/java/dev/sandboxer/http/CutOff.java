package dev.sandboxer.http;

/** Thrown when an answer can't be completed. Its connection is then cut, so that the client doesn't take a part for all. */
public final class CutOff extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CutOff(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
