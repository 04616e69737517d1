package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import java.util.Locale;
import java.util.Map;

/**
 * Maps the error output of a failed command to a {@link Reason}. Reads only the last line after its last colon: coreutils, BusyBox and the
 * shells put the C library's message there, and no hostile file name can appear there.
 */
final class ErrorText {
    private static final int COMMAND_NOT_FOUND = 127;
    private static final int MAX_MESSAGE_LENGTH = 1000;

    /** Messages of glibc, musl, dash and this package's scripts. */
    private static final Map<String, Reason> REASONS = Map.ofEntries(
            Map.entry("no such file or directory", Reason.NOT_FOUND),
            Map.entry("no such file", Reason.NOT_FOUND),
            Map.entry("directory nonexistent", Reason.NOT_FOUND),
            Map.entry("not a directory", Reason.NOT_A_DIRECTORY),
            Map.entry("is a directory", Reason.IS_A_DIRECTORY),
            Map.entry("file exists", Reason.ALREADY_EXISTS),
            Map.entry("directory not empty", Reason.NOT_EMPTY),
            Map.entry("file name too long", Reason.TOO_LONG),
            Map.entry("filename too long", Reason.TOO_LONG),
            Map.entry("argument list too long", Reason.TOO_LONG),
            Map.entry("too many levels of symbolic links", Reason.LOOP),
            Map.entry("symbolic link loop", Reason.LOOP),
            Map.entry("no space left on device", Reason.NO_SPACE),
            Map.entry("disk quota exceeded", Reason.NO_SPACE),
            Map.entry("quota exceeded", Reason.NO_SPACE),
            Map.entry("permission denied", Reason.PERMISSION_DENIED),
            Map.entry("operation not permitted", Reason.PERMISSION_DENIED),
            Map.entry("read-only file system", Reason.PERMISSION_DENIED),
            Map.entry("not a regular file", Reason.SPECIAL_FILE),
            Map.entry("no such device or address", Reason.SPECIAL_FILE),
            Map.entry("invalid argument", Reason.INVALID),
            Map.entry("unknown user", Reason.UNKNOWN_USER),
            Map.entry("cannot allocate memory", Reason.LIMIT),
            Map.entry("out of memory", Reason.LIMIT),
            Map.entry("cannot fork", Reason.LIMIT),
            Map.entry("resource temporarily unavailable", Reason.LIMIT),
            Map.entry("too many open files", Reason.LIMIT));

    private ErrorText() {}

    /**
     * @param activity the purpose of the command, as in "making a link"
     * @param err the command's standard error
     */
    static OperationException refusal(String activity, int status, String err) {
        var said = err.strip();
        var message = (activity + ": " + (said.isEmpty() ? "status " + status : said)).replaceAll("\\p{Cntrl}+", " ");
        return new OperationException(
                reason(status, said), message.substring(0, Math.min(message.length(), MAX_MESSAGE_LENGTH)));
    }

    private static Reason reason(int status, String said) {
        var line = said.substring(said.lastIndexOf('\n') + 1).strip();
        var words = line.substring(line.lastIndexOf(": ") < 0 ? 0 : line.lastIndexOf(": ") + 2);
        var reason = REASONS.getOrDefault(words.toLowerCase(Locale.ROOT), Reason.IO);
        return reason == Reason.IO && status == COMMAND_NOT_FOUND ? Reason.UNSUPPORTED : reason;
    }
}
