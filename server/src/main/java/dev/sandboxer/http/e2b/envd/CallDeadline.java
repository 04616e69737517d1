package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of a streaming call.
 *
 * @param end when the call ends; null = when its process or watch ends
 * @param keepalive the longest silence; a keepalive is sent after it
 */
record CallDeadline(InstantSource clock, @Nullable Instant end, Duration keepalive) {
    /** Returns the limits of a call that ends after the caller's timeout. */
    static CallDeadline of(Rpc rpc, InstantSource clock) {
        return new CallDeadline(clock, rpc.timeout().map(clock.instant()::plus).orElse(null), rpc.keepalive());
    }

    /** Returns the limits of a call that lasts as long as its process. */
    static CallDeadline unlimited(Rpc rpc, InstantSource clock) {
        return new CallDeadline(clock, null, rpc.keepalive());
    }

    /**
     * Returns how long to wait for the next event before a keepalive is due or the call ends.
     *
     * @throws ConnectException {@code DEADLINE_EXCEEDED} if the time is up
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

    /** Returns the failure of a call whose time is up, in E2B's words. */
    static ConnectException exceeded() {
        return new ConnectException(ConnectCode.DEADLINE_EXCEEDED, "context deadline exceeded");
    }
}
