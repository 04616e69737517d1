package dev.sandboxer.extension;

/**
 * The sandbox is alive and answered, and the answer is no: a missing file, an unknown user, a command that is not there.
 * Nothing was changed unless the operation's own documentation says so.
 */
public final class OperationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public enum Reason {
        INVALID,
        NOT_FOUND,
        ALREADY_EXISTS,
        NOT_A_DIRECTORY,
        IS_A_DIRECTORY,
        PERMISSION_DENIED,
        NO_SPACE,
        UNKNOWN_USER,
        CWD_MISSING,
        COMMAND_NOT_FOUND,
        NOT_EXECUTABLE,
        /** Processes, descriptors, memory or entries ran out inside. */
        LIMIT,
        /** Cyclic symbolic links. */
        LOOP,
        UNSUPPORTED,
        /** Nothing listens on the port. */
        REFUSED,
        IO,
        PROCESS_NOT_FOUND,
        STDIN_CLOSED,
        NOT_EMPTY,
        /** Neither a regular file nor a directory. */
        SPECIAL_FILE,
        TOO_LONG
    }

    private final Reason reason;

    public OperationException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
