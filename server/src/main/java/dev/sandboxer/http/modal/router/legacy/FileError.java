package dev.sandboxer.http.modal.router.legacy;

import dev.sandboxer.extension.session.OperationException;

/** A failure of a file request, with its {@code errno}. */
public final class FileError extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final int NO_ENTRY = 2;
    static final int IO = 5;
    static final int BAD_DESCRIPTOR = 9;
    static final int EXISTS = 17;
    static final int NOT_A_DIRECTORY = 20;
    static final int INVALID = 22;
    static final int TOO_MANY_OPEN = 24;
    static final int TOO_BIG = 27;
    static final int NOT_EMPTY = 39;

    private final int number;

    FileError(int number, String message) {
        super(message, null, false, false);
        this.number = number;
    }

    static FileError of(OperationException e, String path) {
        var number = switch (e.reason()) {
            case NOT_FOUND -> NO_ENTRY;
            case PERMISSION_DENIED -> 13;
            case ALREADY_EXISTS -> EXISTS;
            case NOT_A_DIRECTORY -> NOT_A_DIRECTORY;
            case IS_A_DIRECTORY -> 21;
            case NO_SPACE -> 28;
            case NOT_EMPTY -> NOT_EMPTY;
            case LOOP -> 40;
            case TOO_LONG -> 36;
            case INVALID, SPECIAL_FILE -> INVALID;
            default -> IO;
        };
        return new FileError(number, path + ": " + e.getMessage());
    }

    public int number() {
        return number;
    }
}
