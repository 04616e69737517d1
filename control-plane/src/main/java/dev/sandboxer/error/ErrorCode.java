package dev.sandboxer.error;

import java.util.Locale;

/** Every way in which sand-boxer can fail, with what that means at each front door. */
public enum ErrorCode {
    /** An argument, option or field has a value that is not allowed; the message names it. */
    INVALID_ARGUMENT(400, 125, false),
    /** The time to live is longer than the profile or the consumer allows. */
    INVALID_TTL(400, 125, false),
    /** {@code config.yaml}, {@code rates.yaml} or a variable is wrong; {@code sandboxer config check} lists every mistake. */
    INVALID_CONFIG(500, 125, false),
    /** No profile has this name, or the consumer does not see it. */
    UNKNOWN_PROFILE(404, 125, false),
    /** No extension with this id is installed. */
    UNKNOWN_EXTENSION(404, 125, false),
    /** The consumer has no sandbox with this id. */
    UNKNOWN_SANDBOX(404, 125, false),
    /** The consumer has no snapshot with this id or name. */
    UNKNOWN_SNAPSHOT(404, 125, false),
    /** No API key has this id. */
    UNKNOWN_KEY(404, 125, false),
    /** No consumer has this name. */
    UNKNOWN_CONSUMER(404, 125, false),
    /** No credential has this id or name. */
    UNKNOWN_CREDENTIAL(404, 125, false),
    /** A field of the credential is missing or malformed. */
    CREDENTIAL_INVALID(400, 125, false),
    /** A credential with this name or this key is stored already. */
    CREDENTIAL_EXISTS(409, 125, false),
    /** Sandboxes or snapshots that were made with the credential still exist. */
    CREDENTIAL_IN_USE(409, 125, false),
    /** The backend refuses the credential. */
    CREDENTIAL_REFUSED(502, 125, false),
    /** The sandbox was made with a credential that is not there any more. */
    CREDENTIAL_MISSING(503, 125, false),
    /** The credential was sealed with another master key, or was changed. */
    CREDENTIAL_UNDECRYPTABLE(503, 125, false),
    /** The file of the master key is missing, is no keyset, or is not the one of the other servers. */
    MASTER_KEY_UNUSABLE(503, 125, false),
    /** The consumer is disabled; an operator can enable it. */
    CONSUMER_DISABLED(403, 125, false),
    /** The consumer may use other profiles only. */
    PROFILE_NOT_ALLOWED(403, 125, false),
    /** The consumer has as many sandboxes, CPUs or as much memory as it may have. */
    OVER_QUOTA(429, 125, true),
    /** The consumer creates sandboxes faster than it may; the failure says when to try again. */
    RATE_LIMITED(429, 125, true),
    /** The consumer's credits or its budget don't pay for it. */
    INSUFFICIENT_CREDITS(402, 125, false),
    /** The backend can't do this. */
    UNSUPPORTED(400, 125, false),
    /** Several sandboxes have ids that begin so; give more characters. */
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
    /** The sandbox has no user of this name. */
    UNKNOWN_USER(400, 125, false),
    /** The working directory does not exist in the sandbox. */
    CWD_MISSING(400, 125, false),
    /** The sandbox has no such program. */
    COMMAND_NOT_FOUND(400, 127, false),
    /** The file is there, but is no program that may be run. */
    COMMAND_NOT_EXECUTABLE(400, 126, false),
    /** A file operation inside the sandbox, or on our side of a copy, was refused. */
    FILE_REFUSED(400, 125, false),
    /** Another operation inside the sandbox was refused. */
    OPERATION_REFUSED(400, 125, false),
    /** A request is too long to be held in memory. */
    TOO_LARGE(413, 125, false),
    /** A request took too long to arrive. */
    TOO_SLOW(408, 125, true),
    /** The API key is missing, unknown or revoked. */
    UNAUTHENTICATED(401, 125, false),
    /** The address to listen on is in use, or is not one of this host. */
    LISTEN_FAILED(500, 125, false),
    /** The home cannot be used; the message says why. */
    HOME_NOT_WRITABLE(500, 125, false),
    /** The database cannot be written; for PostgreSQL, the URL names a standby. */
    STORE_READ_ONLY(500, 125, false),
    /** Another process changed the same data at that moment, and nothing was written. */
    STORE_LOCKED(503, 125, true),
    /** The database's server doesn't answer, or has no room. */
    STORE_UNREACHABLE(503, 125, true),
    /** The database's server refuses our user, its password, or a right. */
    STORE_ACCESS_DENIED(500, 125, false),
    /** The PostgreSQL database does not exist; create it. */
    STORE_MISSING(500, 125, false),
    /** A newer sand-boxer has migrated the database; use that one. */
    STORE_NEWER(500, 125, false),
    /** The database is not one of ours, or is damaged; restore it from a backup. */
    STORE_DAMAGED(500, 125, false),
    /** The disk of the home or of the database is full. */
    DISK_FULL(507, 125, false),
    /** A fault of sand-boxer; SANDBOXER_DEBUG=1 shows where. */
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
