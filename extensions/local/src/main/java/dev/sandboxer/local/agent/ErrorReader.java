package dev.sandboxer.local.agent;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;

/** Reads the content of an ERROR frame. */
final class ErrorReader {
    private static final int MAX_MESSAGE_LENGTH = 500;

    /** The reasons, indexed by the error codes of {@code docs/agent-protocol.md}. */
    private static final Reason[] REASONS = {
        Reason.IO,
        Reason.INVALID,
        Reason.NOT_FOUND,
        Reason.ALREADY_EXISTS,
        Reason.NOT_A_DIRECTORY,
        Reason.IS_A_DIRECTORY,
        Reason.PERMISSION_DENIED,
        Reason.NO_SPACE,
        Reason.UNKNOWN_USER,
        Reason.CWD_MISSING,
        Reason.COMMAND_NOT_FOUND,
        Reason.NOT_EXECUTABLE,
        Reason.LIMIT,
        Reason.LOOP,
        Reason.UNSUPPORTED,
        Reason.REFUSED,
        Reason.IO,
        Reason.PROCESS_NOT_FOUND,
        Reason.STDIN_CLOSED,
        Reason.NOT_EMPTY,
        Reason.INVALID,
        Reason.SPECIAL_FILE,
        Reason.TOO_LONG
    };

    private ErrorReader() {}

    static OperationException read(Frame frame) {
        var code = frame.u16();
        var reason = code < REASONS.length ? REASONS[code] : Reason.IO;
        return new OperationException(reason, printable(frame.str()));
    }

    /** Shortens the message and replaces control characters, because it may be shown on a terminal. */
    private static String printable(String message) {
        var start = message.substring(0, Math.min(message.length(), MAX_MESSAGE_LENGTH));
        return start.replaceAll("[\\p{Cc}\\p{Cf}]", "?");
    }
}
