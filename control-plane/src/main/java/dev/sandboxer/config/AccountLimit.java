package dev.sandboxer.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an extension's backend lets one account do. We wait instead of running into it.
 *
 * @param interval between two creations, at least; null = no limit
 * @param sandboxes how many may be made or running at once; null = no limit
 * @param maxWait how long a creation waits for its turn before the next extension of its route is tried
 */
public record AccountLimit(
        @Nullable Duration interval, @Nullable Integer sandboxes, Duration maxWait) {
    public static final Duration USUAL_MAX_WAIT = Duration.ofSeconds(10);
    public static final AccountLimit NONE = new AccountLimit(null, null, USUAL_MAX_WAIT);
}
