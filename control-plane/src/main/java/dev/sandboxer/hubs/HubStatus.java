package dev.sandboxer.hubs;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of the deliveries to a hub.
 *
 * @param configured true if this process has a URL for the hub
 * @param waiting how many events are not delivered yet
 * @param oldestAge how long the oldest of them has waited; null = none is waiting
 * @param dead how many events the hub refused
 * @param lastSuccess null = none yet
 * @param lastError null = none yet; kept after a success
 * @param pausedUntil the end of a pause after failures; null = not paused
 */
public record HubStatus(
        Hub hub,
        boolean configured,
        long waiting,
        @Nullable Duration oldestAge,
        long dead,
        @Nullable Instant lastSuccess,
        @Nullable LastError lastError,
        @Nullable Instant pausedUntil) {

    /** @param message one line for people; without secrets */
    public record LastError(Instant at, String message) {}
}
