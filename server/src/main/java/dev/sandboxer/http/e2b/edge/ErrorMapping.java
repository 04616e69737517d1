package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.observe.Redactor;
import org.jspecify.annotations.Nullable;

/** Translates failures into E2B's errors. */
public final class ErrorMapping {
    private ErrorMapping() {}

    /** Sets Retry-After if the failure says when to try again, and the answer has not begun. */
    public static void retryAfter(HttpExchange exchange, SandboxException e) {
        var wait = e.retryAfter();
        if (wait != null && !exchange.committed()) {
            exchange.header("Retry-After", Long.toString(Math.ceilDiv(wait.toMillis(), 1000L)));
        }
    }

    /** Translates a failure of the control plane. */
    public static E2bException rest(SandboxException e) {
        var message = String.valueOf(e.getMessage());
        return switch (e.code()) {
            case NO_CANDIDATE -> new E2bException(503, message, "sandbox_capacity_unavailable");
            case BACKEND_FAILED, INTERNAL -> new E2bException(500, message, "internal_server_error");
            // E2B's clients expect 404 for a sandbox that has ended
            case SANDBOX_ENDED -> new E2bException(404, message);
            // error_code tells the two apart; the status 403 doesn't
            case CONSUMER_DISABLED, PROFILE_NOT_ALLOWED ->
                new E2bException(e.code().httpStatus(), message, e.code().code());
            default -> new E2bException(e.code().httpStatus(), message);
        };
    }

    /** Translates a failure of {@code /files}. */
    public static E2bException files(SandboxException e, @Nullable String path) {
        return e.getCause() instanceof OperationException refusal ? files(refusal, path) : rest(e);
    }

    public static E2bException files(OperationException e, @Nullable String path) {
        var asked = path == null || path.isEmpty() ? "~" : path; // an absent path means the home directory
        return switch (e.reason()) {
            case NOT_FOUND -> new E2bException(404, "path '" + asked + "' does not exist");
            case IS_A_DIRECTORY -> new E2bException(400, "path '" + asked + "' is a directory");
            case UNKNOWN_USER -> new E2bException(401, String.valueOf(e.getMessage()));
            case NO_SPACE -> new E2bException(507, "not enough disk space available");
            case PERMISSION_DENIED -> new E2bException(403, String.valueOf(e.getMessage()));
            case IO, LIMIT -> new E2bException(500, String.valueOf(e.getMessage()));
            default -> new E2bException(400, String.valueOf(e.getMessage()));
        };
    }

    /** Translates a failure of a call over Connect. */
    public static ConnectError rpc(SandboxException e) {
        var reason = reason(e);
        return new ConnectError(reason == null ? code(e.code()) : code(reason), message(e));
    }

    public static ConnectError rpc(OperationException e) {
        return new ConnectError(code(e.reason()), message(e));
    }

    private static String message(RuntimeException e) {
        return Redactor.clean(String.valueOf(e.getMessage()));
    }

    private static ConnectCode code(ErrorCode code) {
        return switch (code.httpStatus()) {
            case 400 -> ConnectCode.INVALID_ARGUMENT;
            case 401 -> ConnectCode.UNAUTHENTICATED;
            case 403 -> ConnectCode.PERMISSION_DENIED;
            case 402, 413, 429, 507 -> ConnectCode.RESOURCE_EXHAUSTED;
            case 404, 410 -> ConnectCode.NOT_FOUND;
            case 408 -> ConnectCode.DEADLINE_EXCEEDED;
            case 409 -> ConnectCode.ABORTED;
            case 502, 503 -> ConnectCode.UNAVAILABLE;
            default -> ConnectCode.INTERNAL;
        };
    }

    private static ConnectCode code(OperationException.Reason reason) {
        return switch (reason) {
            case NOT_FOUND, PROCESS_NOT_FOUND -> ConnectCode.NOT_FOUND;
            case ALREADY_EXISTS -> ConnectCode.ALREADY_EXISTS;
            case INVALID,
                    NOT_A_DIRECTORY,
                    IS_A_DIRECTORY,
                    CWD_MISSING,
                    COMMAND_NOT_FOUND,
                    NOT_EXECUTABLE,
                    SPECIAL_FILE,
                    TOO_LONG -> ConnectCode.INVALID_ARGUMENT;
            case UNKNOWN_USER -> ConnectCode.UNAUTHENTICATED;
            case PERMISSION_DENIED -> ConnectCode.PERMISSION_DENIED;
            case NO_SPACE, LIMIT -> ConnectCode.RESOURCE_EXHAUSTED;
            case LOOP, NOT_EMPTY -> ConnectCode.FAILED_PRECONDITION;
            case UNSUPPORTED -> ConnectCode.UNIMPLEMENTED;
            case REFUSED -> ConnectCode.UNAVAILABLE;
            case STDIN_CLOSED, IO -> ConnectCode.INTERNAL;
        };
    }

    /** Returns why the sandbox refused an operation; null if it is another failure. */
    public static OperationException.@Nullable Reason reason(SandboxException e) {
        return e.getCause() instanceof OperationException refusal ? refusal.reason() : null;
    }
}
