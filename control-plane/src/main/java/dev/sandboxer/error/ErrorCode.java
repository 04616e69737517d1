package dev.sandboxer.error;

import java.util.Locale;

/** Every way in which sand-boxer can fail, with its HTTP status, its exit code, and whether a retry may help. */
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
    /** The consumer has no built template with this name, tag or id. */
    UNKNOWN_TEMPLATE(404, 125, false),
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
    /** The credential with which the sandbox was created does not exist any more. */
    CREDENTIAL_MISSING(503, 125, false),
    /** The credential was sealed with another master key, or was changed. */
    CREDENTIAL_UNDECRYPTABLE(503, 125, false),
    /** The file with the master key is missing, unreadable or not a keyset, or is not the one that the other servers use. */
    MASTER_KEY_UNUSABLE(503, 125, false),
    /** The consumer is disabled; an operator can enable it. */
    CONSUMER_DISABLED(403, 125, false),
    /** The consumer may not use this profile. */
    PROFILE_NOT_ALLOWED(403, 125, false),
    /** The consumer has reached its limit on sandboxes, CPUs or memory. */
    OVER_QUOTA(429, 125, true),
    /** The consumer creates sandboxes faster than its limit allows; the failure says when to try again. */
    RATE_LIMITED(429, 125, true),
    /** The consumer's credits or its budget do not cover the cost. */
    INSUFFICIENT_CREDITS(402, 125, false),
    /** The backend can't do this. */
    UNSUPPORTED(400, 125, false),
    /** Several sandboxes have ids that begin with these characters; give more of them. */
    AMBIGUOUS_SANDBOX(400, 125, false),
    /** The sandbox has ended. */
    SANDBOX_ENDED(410, 125, false),
    /** The idempotency key was used for another request, or the change conflicts with a concurrent one. */
    CONFLICT(409, 125, true),
    /** Another sandbox that has not ended has the name. */
    NAME_TAKEN(409, 125, false),
    /** No extension of the profile's route could take the sandbox. */
    NO_CANDIDATE(503, 125, true),
    /** The sandbox runs on another host, whose server can't be reached. */
    HOST_AWAY(503, 125, true),
    /** The start command failed, or the sandbox was not ready in time; the message has the last lines of output. */
    START_FAILED(500, 125, false),
    /** A step of a template's build failed; the log shows its output. */
    BUILD_FAILED(500, 125, false),
    /** The backend failed or refused. */
    BACKEND_FAILED(502, 125, true),
    /** The sandbox has no user of this name. */
    UNKNOWN_USER(400, 125, false),
    /** The working directory does not exist in the sandbox. */
    CWD_MISSING(400, 125, false),
    /** The sandbox has no such program. */
    COMMAND_NOT_FOUND(400, 127, false),
    /** The file exists but can't be executed. */
    COMMAND_NOT_EXECUTABLE(400, 126, false),
    /** A file operation inside the sandbox, or on our side of a copy, was refused. */
    FILE_REFUSED(400, 125, false),
    /** Another operation inside the sandbox was refused. */
    OPERATION_REFUSED(400, 125, false),
    /** A request, or what it would store, is larger than the limit. */
    TOO_LARGE(413, 125, false),
    /** The server already holds as many long requests as it can. */
    OVERLOADED(503, 125, true),
    /** A request took too long to arrive. */
    TOO_SLOW(408, 125, true),
    /** The API key is missing, unknown or revoked. */
    UNAUTHENTICATED(401, 125, false),
    /** The address to listen on is in use, or does not belong to this host. */
    LISTEN_FAILED(500, 125, false),
    /** The home cannot be used; the message says why. */
    HOME_NOT_WRITABLE(500, 125, false),
    /** The database can't be written; with PostgreSQL, the URL may name a standby. */
    STORE_READ_ONLY(500, 125, false),
    /** The database was locked for too long, or the same data was changed at that moment; nothing was written. */
    STORE_LOCKED(503, 125, true),
    /** The database server does not answer, or accepts no more connections. */
    STORE_UNREACHABLE(503, 125, true),
    /** The database server refuses our user or its password, or the user lacks a right. */
    STORE_ACCESS_DENIED(500, 125, false),
    /** The PostgreSQL database does not exist; create it. */
    STORE_MISSING(500, 125, false),
    /** A newer sand-boxer has migrated the database; use that one. */
    STORE_NEWER(500, 125, false),
    /** The database is not one of ours, or is damaged; restore it from a backup. */
    STORE_DAMAGED(500, 125, false),
    /** The disk of the home or of the database is full. */
    DISK_FULL(507, 125, false),
    /** A defect in sand-boxer; SANDBOXER_DEBUG=1 shows where. */
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

    /** Returns true if the same call may succeed later without any other change. */
    public boolean retryHelps() {
        return retryHelps;
    }

    /** Returns the code as users see it, such as {@code unknown_profile}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
