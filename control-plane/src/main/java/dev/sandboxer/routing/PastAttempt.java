package dev.sandboxer.routing;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An earlier attempt to create a sandbox in an account, as far as routing needs it.
 *
 * @param endedAt null = it is in progress, or its end is not known
 * @param result null = it is in progress
 * @param retryAt the time until which the backend asked us to wait; null = it did not
 * @param message the backend's message, for failures
 */
public record PastAttempt(
        Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Result result,
        @Nullable Instant retryAt,
        @Nullable String message) {
    /** The result of an attempt, as far as it says something about the account. */
    public enum Result {
        /** It created a sandbox. */
        CREATED,
        /** The backend failed, or the outcome is unknown. */
        FAILED,
        /** The backend works, but the request or the account was at fault, for example because of a limit. */
        DECLINED
    }

    /** Returns how long it took; null if not known. */
    @Nullable Duration length() {
        return endedAt == null ? null : Duration.between(startedAt, endedAt);
    }
}
