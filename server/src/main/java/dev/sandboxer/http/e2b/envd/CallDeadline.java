package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * How long a streaming call may last, and how long it may be silent.
 *
 * @param end null = as long as it takes
 * @param keepalive after so much silence the caller wants a sign of life
 */
record CallDeadline(InstantSource clock, @Nullable Instant end, Duration keepalive) {
    /** For a call whose caller waits as long as it says. */
    static CallDeadline of(Rpc rpc, InstantSource clock) {
        return new CallDeadline(clock, rpc.timeout().map(clock.instant()::plus).orElse(null), rpc.keepalive());
    }

    /** For a call that lasts as long as what it follows. */
    static CallDeadline unlimited(Rpc rpc, InstantSource clock) {
        return new CallDeadline(clock, null, rpc.keepalive());
    }

    /**
     * How long to wait for the next event.
     *
     * @throws ConnectException {@code DEADLINE_EXCEEDED} when the time is up
     */
    Duration nextWait() {
        if (end == null) {
            return keepalive;
        }
        var left = Duration.between(clock.instant(), end);
        if (!left.isPositive()) {
            throw exceeded();
        }
        return left.compareTo(keepalive) < 0 ? left : keepalive;
    }

    /** As E2B words it. */
    static ConnectException exceeded() {
        return new ConnectException(ConnectCode.DEADLINE_EXCEEDED, "context deadline exceeded");
    }
}
