package dev.sandboxer.jars;

/** The refusal of a jar. The message says what is wrong with the jar and what to do. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String reason) {
        super(reason);
    }
}
