package dev.sandboxer.extension.session;

/**
 * An operation failed inside a running sandbox, such as for a missing file, an unknown user or a missing command. Nothing was changed
 * unless the operation's own documentation says otherwise. The message is for people.
 */
public final class OperationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The reasons why an operation fails. */
    public enum Reason {
        /** The request is invalid, such as an empty command. */
        INVALID,
        /** The path doesn't exist. */
        NOT_FOUND,
        /** The path already exists. */
        ALREADY_EXISTS,
        /** The path, or a part of it, is not a directory. */
        NOT_A_DIRECTORY,
        /** The path is a directory. */
        IS_A_DIRECTORY,
        /** The user lacks the permission for the operation. */
        PERMISSION_DENIED,
        /** The sandbox's disk is full. */
        NO_SPACE,
        /** The user doesn't exist in the sandbox. */
        UNKNOWN_USER,
        /** The working directory doesn't exist. */
        CWD_MISSING,
        /** The program doesn't exist. */
        COMMAND_NOT_FOUND,
        /** The program can't be executed. */
        NOT_EXECUTABLE,
        /** A limit in the sandbox is reached: processes, descriptors, memory or directory entries. */
        LIMIT,
        /** The path has cyclic symbolic links. */
        LOOP,
        /** The backend, or this sandbox, lacks the feature. */
        UNSUPPORTED,
        /** The connection was refused: nothing listens on the port. */
        REFUSED,
        /** The sandbox's disk failed, or the sandbox returned unexpected output. */
        IO,
        /** No process matches the selector. */
        PROCESS_NOT_FOUND,
        /** The process has no standard input, or its input has ended. */
        STDIN_CLOSED,
        /** The directory has entries. */
        NOT_EMPTY,
        /** The path is neither a regular file nor a directory. */
        SPECIAL_FILE,
        /** The path, or a part of it, is longer than the file system allows. */
        TOO_LONG
    }

    /** The reason for the refusal. */
    private final Reason reason;

    /**
     * Creates a refusal.
     *
     * @param reason the reason
     * @param message what happened, for people
     */
    public OperationException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** {@return the reason for the refusal} */
    public Reason reason() {
        return reason;
    }
}
