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
    /** A deadline for a call that ends when the caller's timeout is over. */
    static CallDeadline of(Rpc rpc, InstantSource clock) {
        return new CallDeadline(clock, rpc.timeout().map(clock.instant()::plus).orElse(null), rpc.keepalive());
    }

    /** No deadline: the call lasts as long as the process that it follows. */
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

    /** The failure of a call whose time is up, in E2B's words. */
    static ConnectException exceeded() {
        return new ConnectException(ConnectCode.DEADLINE_EXCEEDED, "context deadline exceeded");
    }
}
