package dev.sandboxer.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A backend's limits for one account. A creation waits for its turn, so that the backend does not refuse it.
 *
 * @param interval the least time between two creations; null = no limit
 * @param sandboxes how many may be starting or running at once; null = no limit
 * @param maxWait how long a creation waits for its turn before the next extension of its route is tried
 */
public record AccountLimit(
        @Nullable Duration interval, @Nullable Integer sandboxes, Duration maxWait) {
    public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(10);
    public static final AccountLimit NONE = new AccountLimit(null, null, DEFAULT_MAX_WAIT);
}
