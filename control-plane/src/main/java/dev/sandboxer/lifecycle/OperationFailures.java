package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;

/** Names the refusals of a sandbox as users know them. */
final class OperationFailures {
    private OperationFailures() {}

    static SandboxException translate(OperationException e) {
        var code = switch (e.reason()) {
            case COMMAND_NOT_FOUND -> ErrorCode.COMMAND_NOT_FOUND;
            case NOT_EXECUTABLE -> ErrorCode.COMMAND_NOT_EXECUTABLE;
            case CWD_MISSING -> ErrorCode.CWD_MISSING;
            case UNKNOWN_USER -> ErrorCode.UNKNOWN_USER;
            case INVALID, PROCESS_NOT_FOUND, STDIN_CLOSED, REFUSED, UNSUPPORTED, LIMIT -> ErrorCode.OPERATION_REFUSED;
            case NOT_FOUND,
                    ALREADY_EXISTS,
                    NOT_A_DIRECTORY,
                    IS_A_DIRECTORY,
                    PERMISSION_DENIED,
                    NO_SPACE,
                    LOOP,
                    IO,
                    NOT_EMPTY,
                    SPECIAL_FILE,
                    TOO_LONG -> ErrorCode.FILE_REFUSED;
        };
        return new SandboxException(code, String.valueOf(e.getMessage()), e);
    }
}
