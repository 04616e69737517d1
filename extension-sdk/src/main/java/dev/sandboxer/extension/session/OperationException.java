package dev.sandboxer.extension.session;

/**
 * A refusal by a sandbox that is alive: a missing file, an unknown user, a command that doesn't exist. Nothing was changed unless the
 * operation's own documentation says otherwise. The message is for people.
 */
public final class OperationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The reasons for a refusal. */
    public enum Reason {
        /** The request makes no sense, such as a command without words. */
        INVALID,
        /** There is nothing at the path. */
        NOT_FOUND,
        /** There is something at the path. */
        ALREADY_EXISTS,
        /** The path, or a part of it, is not a directory. */
        NOT_A_DIRECTORY,
        /** The path is a directory. */
        IS_A_DIRECTORY,
        /** The user may not do it. */
        PERMISSION_DENIED,
        /** The disk inside is full. */
        NO_SPACE,
        /** There is no such user in the sandbox. */
        UNKNOWN_USER,
        /** The working directory doesn't exist. */
        CWD_MISSING,
        /** There is no such program. */
        COMMAND_NOT_FOUND,
        /** The program can't be executed. */
        NOT_EXECUTABLE,
        /** A limit inside is reached: processes, descriptors, memory or directory entries. */
        LIMIT,
        /** The path has cyclic symbolic links. */
        LOOP,
        /** The backend, or this sandbox, lacks the feature. */
        UNSUPPORTED,
        /** Nothing listens on the port. */
        REFUSED,
        /** The disk inside failed. */
        IO,
        /** No process matches. */
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
