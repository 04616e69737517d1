package dev.sandboxer.http;

/** The other end of what a request was connected to is gone: the connection is cut, so that nobody takes this for the end. */
public final class CutOff extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CutOff(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
