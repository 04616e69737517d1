package dev.sandboxer.hubs;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the deliveries to a hub are doing.
 *
 * @param configured whether this process has a URL for it
 * @param waiting events that are not delivered yet
 * @param oldestAge how long the oldest of them has waited; null = none waits
 * @param dead events that the hub refused
 * @param lastSuccess null = none yet
 * @param lastError null = none yet; stays after a success
 * @param pausedUntil the hub has failed and is not asked before; null = it may be asked
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
