package dev.sandboxer.bench;

/** The arguments are invalid. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
