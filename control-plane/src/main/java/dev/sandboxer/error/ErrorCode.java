package dev.sandboxer.error;

import java.util.Locale;

/** Every way in which sand-boxer can fail, with what that means at each front door. */
public enum ErrorCode {
    INVALID_ARGUMENT(400, 125, false),
    INVALID_TTL(400, 125, false),
    INVALID_CONFIG(500, 125, false),
    UNKNOWN_PROFILE(404, 125, false),
    UNKNOWN_EXTENSION(404, 125, false),
    UNKNOWN_SANDBOX(404, 125, false),
    UNKNOWN_SNAPSHOT(404, 125, false),
    UNKNOWN_KEY(404, 125, false),
    UNKNOWN_CONSUMER(404, 125, false),
    UNKNOWN_CREDENTIAL(404, 125, false),
    /** A field is missing or malformed. */
    CREDENTIAL_INVALID(400, 125, false),
    CREDENTIAL_EXISTS(409, 125, false),
    /** Something that was made with it is still there. */
    CREDENTIAL_IN_USE(409, 125, false),
    /** The backend refuses it. */
    CREDENTIAL_REFUSED(502, 125, false),
    /** What is there was made with it, and it isn't to be had any more. */
    CREDENTIAL_MISSING(503, 125, false),
    CREDENTIAL_UNDECRYPTABLE(503, 125, false),
    MASTER_KEY_UNUSABLE(503, 125, false),
    CONSUMER_DISABLED(403, 125, false),
    /** The consumer may use other profiles only. */
    PROFILE_NOT_ALLOWED(403, 125, false),
    /** The consumer has as many sandboxes, CPUs or as much memory as it may have. */
    OVER_QUOTA(429, 125, true),
    /** The consumer creates sandboxes faster than it may; the failure says when to try again. */
    RATE_LIMITED(429, 125, true),
    /** The consumer can't pay for it: its credits or its budget don't suffice. */
    INSUFFICIENT_CREDITS(402, 125, false),
    /** The backend can't do this. */
    UNSUPPORTED(400, 125, false),
    AMBIGUOUS_SANDBOX(400, 125, false),
    /** The sandbox was there and has ended. */
    SANDBOX_ENDED(410, 125, false),
    /** The same idempotency key with another request, or a concurrent change. */
    CONFLICT(409, 125, true),
    /** Another sandbox that runs has the name. */
    NAME_TAKEN(409, 125, false),
    /** No extension of the route could take it. */
    NO_CANDIDATE(503, 125, true),
    /** The sandbox runs on another host, whose server is away. */
    HOST_AWAY(503, 125, true),
    /** The backend failed or refused. */
    BACKEND_FAILED(502, 125, true),
    UNKNOWN_USER(400, 125, false),
    CWD_MISSING(400, 125, false),
    COMMAND_NOT_FOUND(400, 127, false),
    COMMAND_NOT_EXECUTABLE(400, 126, false),
    /** A file operation inside the sandbox, or on our side of a copy, was refused. */
    FILE_REFUSED(400, 125, false),
    /** Another operation inside the sandbox was refused. */
    OPERATION_REFUSED(400, 125, false),
    /** A request is too long to be held in memory. */
    TOO_LARGE(413, 125, false),
    /** A request took too long to arrive. */
    TOO_SLOW(408, 125, true),
    UNAUTHENTICATED(401, 125, false),
    /** The address to listen on can't be had. */
    LISTEN_FAILED(500, 125, false),
    HOME_NOT_WRITABLE(500, 125, false),
    STORE_READ_ONLY(500, 125, false),
    STORE_LOCKED(503, 125, true),
    /** The database's server doesn't answer, or has no room. */
    STORE_UNREACHABLE(503, 125, true),
    /** The database's server refuses our user, its password, or a right. */
    STORE_ACCESS_DENIED(500, 125, false),
    STORE_MISSING(500, 125, false),
    STORE_NEWER(500, 125, false),
    STORE_DAMAGED(500, 125, false),
    DISK_FULL(507, 125, false),
    INTERNAL(500, 125, false);

    private final int httpStatus;
    private final int exitCode;
    private final boolean retryHelps;

    ErrorCode(int httpStatus, int exitCode, boolean retryHelps) {
        this.httpStatus = httpStatus;
        this.exitCode = exitCode;
        this.retryHelps = retryHelps;
    }

    public int httpStatus() {
        return httpStatus;
    }

    public int exitCode() {
        return exitCode;
    }

    /** Whether the same call may succeed later without anybody changing anything. */
    public boolean retryHelps() {
        return retryHelps;
    }

    /** The code as users see it, such as {@code unknown_profile}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
