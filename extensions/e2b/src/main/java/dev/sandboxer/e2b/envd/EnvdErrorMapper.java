package dev.sandboxer.e2b.envd;

import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Maps envd's errors to the contract's reasons. The Connect code decides where it is exact. {@code invalid_argument},
 * {@code internal} and similar codes stand for many errors, and there the text decides: envd passes on Go's messages,
 * which are the kernel's (e2b-dev/infra, {@code packages/envd/internal/services}).
 */
final class EnvdErrorMapper {
    /** Reasons by a part of the message; the first match wins. "not a directory" has to precede "is a directory". */
    private static final Map<String, Reason> WORDS = words();

    private EnvdErrorMapper() {}

    private static Map<String, Reason> words() {
        var words = new LinkedHashMap<String, Reason>();
        words.put("no such file or directory", Reason.NOT_FOUND);
        words.put("does not exist", Reason.NOT_FOUND);
        words.put("not a directory", Reason.NOT_A_DIRECTORY);
        words.put("is a directory", Reason.IS_A_DIRECTORY);
        words.put("name too long", Reason.TOO_LONG);
        words.put("is too long", Reason.TOO_LONG);
        words.put("too many levels of symbolic links", Reason.LOOP);
        words.put("cyclic", Reason.LOOP);
        words.put("no space left", Reason.NO_SPACE);
        words.put("not enough disk space", Reason.NO_SPACE);
        words.put("permission denied", Reason.PERMISSION_DENIED);
        words.put("operation not permitted", Reason.PERMISSION_DENIED);
        words.put("directory not empty", Reason.NOT_EMPTY);
        words.put("file exists", Reason.ALREADY_EXISTS);
        words.put("already exists", Reason.ALREADY_EXISTS);
        return words;
    }

    /** Maps the error of a call about a path. */
    static OperationException ofFiles(ConnectException e, String path) {
        return new OperationException(filesReason(e, path), messageOf(e));
    }

    private static Reason filesReason(ConnectException e, String path) {
        return switch (e.code()) {
            case NOT_FOUND -> Reason.NOT_FOUND;
            case ALREADY_EXISTS -> Reason.ALREADY_EXISTS;
            case PERMISSION_DENIED -> Reason.PERMISSION_DENIED;
            case UNAUTHENTICATED -> Reason.UNKNOWN_USER;
            case UNIMPLEMENTED -> Reason.UNSUPPORTED;
            case FAILED_PRECONDITION -> ofWords(messageOf(e), path, Reason.LOOP);
            case RESOURCE_EXHAUSTED -> ofWords(messageOf(e), path, Reason.LIMIT);
            case INVALID_ARGUMENT, OUT_OF_RANGE -> ofWords(messageOf(e), path, Reason.INVALID);
            default -> ofWords(messageOf(e), path, Reason.IO);
        };
    }

    /** Maps an HTTP error about a file's content. Errors with 400 and 500 have the same texts as Connect errors. */
    static OperationException ofContent(int status, String message, String path) {
        var reason = switch (status) {
            case 400 -> ofWords(message, path, Reason.INVALID);
            case 401 -> Reason.UNKNOWN_USER;
            case 403 -> Reason.PERMISSION_DENIED;
            case 404 -> Reason.NOT_FOUND;
            case 507 -> Reason.NO_SPACE;
            default -> ofWords(message, path, Reason.IO);
        };
        return new OperationException(reason, message.isBlank() ? "the sandbox answered " + status : message);
    }

    /** Maps an error that the start of a process failed with. */
    static OperationException ofStart(ConnectException e, String program) {
        var text = messageOf(e).toLowerCase(Locale.ROOT);
        var reason = switch (e.code()) {
            case UNAUTHENTICATED -> Reason.UNKNOWN_USER;
            case RESOURCE_EXHAUSTED -> Reason.LIMIT;
            case UNIMPLEMENTED -> Reason.UNSUPPORTED;
            case INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION, INTERNAL, UNKNOWN ->
                startReason(text, program.toLowerCase(Locale.ROOT));
            default -> Reason.IO;
        };
        return new OperationException(reason, messageOf(e));
    }

    private static Reason startReason(String text, String program) {
        if (text.startsWith("cwd ") && text.contains("does not exist")) {
            return Reason.CWD_MISSING;
        }
        var words = text.replace(program, "");
        if (words.contains("command not found")
                || words.contains("executable file not found")
                || words.contains("no such file")) {
            return Reason.COMMAND_NOT_FOUND;
        }
        if (words.contains("permission denied")
                || words.contains("exec format error")
                || words.contains("is a directory")) {
            return Reason.NOT_EXECUTABLE;
        }
        return ofWords(text, program, Reason.INVALID);
    }

    /** Maps the error of a call about a running process. */
    static OperationException ofProcess(ConnectException e) {
        var reason = switch (e.code()) {
            case NOT_FOUND -> Reason.PROCESS_NOT_FOUND;
            case UNIMPLEMENTED -> Reason.UNSUPPORTED;
            case PERMISSION_DENIED -> Reason.PERMISSION_DENIED;
            case UNAUTHENTICATED -> Reason.UNKNOWN_USER;
            case RESOURCE_EXHAUSTED -> Reason.LIMIT;
            case INTERNAL, UNKNOWN -> Reason.IO;
            default -> Reason.INVALID;
        };
        return new OperationException(reason, messageOf(e));
    }

    /**
     * Maps the error of a write to input: envd answers {@code internal} when a process has no input or it is closed.
     */
    static OperationException ofInput(ConnectException e) {
        var refusal = ofProcess(e);
        return refusal.reason() == Reason.IO
                ? new OperationException(Reason.STDIN_CLOSED, String.valueOf(refusal.getMessage()))
                : refusal;
    }

    private static Reason ofWords(String message, String path, Reason otherwise) {
        var text = message.toLowerCase(Locale.ROOT);
        // words in the path itself must not match
        var words = path.length() < 2 ? text : text.replace(path.toLowerCase(Locale.ROOT), "");
        return WORDS.entrySet().stream()
                .filter(word -> words.contains(word.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(otherwise);
    }

    private static String messageOf(ConnectException e) {
        var message = Objects.requireNonNullElse(e.getMessage(), "");
        return message.isBlank() ? "the sandbox answered " + e.code().wireName() + " without a message" : message;
    }
}
