package dev.sandboxer.server;

import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.observe.SteadyClock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs changes of the host's clock, and adopts the new time once no sandbox is live. Not thread-safe. */
final class ClockWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);

    private final SteadyClock clock;
    private final Sandboxes sandboxes;
    private Duration logged = Duration.ZERO;

    ClockWatch(SteadyClock clock, Sandboxes sandboxes) {
        this.clock = clock;
        this.sandboxes = sandboxes;
    }

    /** Checks the clock once. To be called by a schedule. */
    void check() {
        clock.instant();
        var set = clock.difference().orElse(Duration.ZERO);
        if (!set.isZero() && sandboxes.live().isEmpty()) {
            clock.follow();
            LOG.warn(
                    "the host's clock was changed by {} s; this server uses the new time now, because no sandbox runs",
                    set.toSeconds());
            set = Duration.ZERO;
        } else if (!set.isZero() && set.minus(logged).abs().compareTo(Duration.ofSeconds(1)) > 0) {
            LOG.warn(
                    "the host's clock was changed by {} s; deadlines and charges follow the real time until all running"
                            + " sandboxes have ended",
                    set.toSeconds());
        }
        logged = set;
    }
}
