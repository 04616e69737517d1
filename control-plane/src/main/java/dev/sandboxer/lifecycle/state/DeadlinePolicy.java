package dev.sandboxer.lifecycle.state;

import java.time.Duration;
import java.time.Instant;

/**
 * How our deadline and the backend's differ. The backend ends a sandbox at its own; one that shall pause instead has to be
 * paused by us some time before that.
 */
public final class DeadlinePolicy {
    /** How long a paused sandbox is kept. */
    public static final Duration KEPT_PAUSED = Duration.ofDays(30);

    /** How much longer the backend keeps a sandbox that shall pause. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    private DeadlinePolicy() {}

    /** When the backend shall end a running sandbox whose deadline is this. */
    public static Instant atBackend(OnTimeout onTimeout, Instant deadline) {
        return onTimeout == OnTimeout.PAUSE ? deadline.plus(GRACE) : deadline;
    }

    /** The latest moment at which we have to act, given when the backend does. */
    static Instant latest(OnTimeout onTimeout, Instant byBackend, Instant now) {
        if (onTimeout == OnTimeout.KILL) {
            return byBackend;
        }
        var part = Duration.between(now, byBackend).dividedBy(4);
        return byBackend.minus(part.compareTo(GRACE) < 0 ? part : GRACE);
    }
}
