package dev.sandboxer.extension.session;

/**
 * The sandbox is alive, and its answer is no: a missing file, an unknown user, a command that is not there. Nothing was changed
 * unless the operation's own documentation says so. The message is for people.
 */
public final class OperationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why not. */
    public enum Reason {
        /** The request makes no sense, such as a command without words. */
        INVALID,
        NOT_FOUND,
        ALREADY_EXISTS,
        NOT_A_DIRECTORY,
        IS_A_DIRECTORY,
        PERMISSION_DENIED,
        NO_SPACE,
        UNKNOWN_USER,
        /** The working directory is not there. */
        CWD_MISSING,
        COMMAND_NOT_FOUND,
        NOT_EXECUTABLE,
        /** Processes, descriptors, memory or entries ran out inside. */
        LIMIT,
        /** Cyclic symbolic links. */
        LOOP,
        /** The backend, or this sandbox, can't do it. */
        UNSUPPORTED,
        /** Nothing listens on the port. */
        REFUSED,
        /** The disk inside failed. */
        IO,
        PROCESS_NOT_FOUND,
        /** The process has no standard input, or its input has ended. */
        STDIN_CLOSED,
        NOT_EMPTY,
        /** Neither a regular file nor a directory. */
        SPECIAL_FILE,
        /** The path, or a part of it, is longer than the file system allows. */
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
