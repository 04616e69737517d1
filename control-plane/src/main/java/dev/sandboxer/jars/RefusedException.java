package dev.sandboxer.jars;

/** A jar is refused. The message says what is wrong with it, and what to do. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String reason) {
        super(reason);
    }
}
