package dev.sandboxer.bench;

/** The command line makes no sense. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
