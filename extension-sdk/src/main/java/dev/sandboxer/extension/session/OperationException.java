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
        /** There is nothing at the path. */
        NOT_FOUND,
        /** There is something at the path. */
        ALREADY_EXISTS,
        /** A part of the path, or the path, is no directory. */
        NOT_A_DIRECTORY,
        /** The path is a directory. */
        IS_A_DIRECTORY,
        /** The user may not do it. */
        PERMISSION_DENIED,
        /** The disk inside is full. */
        NO_SPACE,
        /** There is no such user inside. */
        UNKNOWN_USER,
        /** The working directory is not there. */
        CWD_MISSING,
        /** There is no such program. */
        COMMAND_NOT_FOUND,
        /** The program can't be executed. */
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
        /** No process matches. */
        PROCESS_NOT_FOUND,
        /** The process has no standard input, or its input has ended. */
        STDIN_CLOSED,
        /** The directory has entries. */
        NOT_EMPTY,
        /** Neither a regular file nor a directory. */
        SPECIAL_FILE,
        /** The path, or a part of it, is longer than the file system allows. */
        TOO_LONG
    }

    /** Why not. */
    private final Reason reason;

    /**
     * A refusal.
     *
     * @param reason why not
     * @param message what happened, for people
     */
    public OperationException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** {@return why not} */
    public Reason reason() {
        return reason;
    }
}
