package dev.sandboxer.routing;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What routing knows of an earlier attempt to make a sandbox in an account.
 *
 * @param endedAt null = it is under way, or nobody knows how long it took
 * @param result null = it is under way
 * @param retryAt when the backend asked to be asked again; null = it didn't
 * @param message what the backend said, for failures
 */
public record PastAttempt(
        Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Result result,
        @Nullable Instant retryAt,
        @Nullable String message) {
    /** What it says about the account. */
    public enum Result {
        /** It made a sandbox. */
        CREATED,
        /** The backend failed, or nobody knows what it did. */
        FAILED,
        /** The request or the account was at fault, such as a limit that is reached: the backend works. */
        DECLINED
    }

    /** How long it took; null when that is not known. */
    @Nullable Duration length() {
        return endedAt == null ? null : Duration.between(startedAt, endedAt);
    }
}
