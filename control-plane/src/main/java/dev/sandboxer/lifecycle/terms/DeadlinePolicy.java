package dev.sandboxer.lifecycle.terms;

import java.time.Duration;
import java.time.Instant;

/**
 * Converts between a sandbox's deadline and the backend's. The backend ends a sandbox at the backend's deadline. For a sandbox that pauses
 * instead, that deadline is later, so that there is time to pause it.
 */
public final class DeadlinePolicy {
    /** How long a paused sandbox is kept. */
    public static final Duration KEPT_PAUSED = Duration.ofDays(30);

    /** If a sandbox pauses at its deadline, the backend's deadline is later by this time. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    private DeadlinePolicy() {}

    /** Returns the backend's deadline of a running sandbox. */
    public static Instant atBackend(OnTimeout onTimeout, Instant deadline) {
        return onTimeout == OnTimeout.PAUSE ? deadline.plus(GRACE) : deadline;
    }

    /**
     * Returns the latest deadline of a sandbox, given the backend's. For a sandbox that pauses, it is up to 2 minutes earlier than the
     * backend's.
     */
    public static Instant latest(OnTimeout onTimeout, Instant byBackend, Instant now) {
        if (onTimeout == OnTimeout.KILL) {
            return byBackend;
        }
        var part = Duration.between(now, byBackend).dividedBy(4);
        return byBackend.minus(part.compareTo(GRACE) < 0 ? part : GRACE);
    }
}
