package dev.sandboxer.lifecycle;

import dev.sandboxer.config.units.Durations;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.profiles.Profile;
import java.time.Duration;
import java.time.Instant;

/**
 * The longest time to live that a sandbox may have.
 *
 * @param setBy the profile or consumer that sets the limit, as messages name it
 */
record LongestTtl(Duration duration, String setBy) {
    /** Rows store milliseconds. */
    private static final Duration MIN_TTL = Duration.ofMillis(1);

    static LongestTtl of(Profile profile) {
        return new LongestTtl(profile.maxTtl(), profile.name().value());
    }

    /** Returns the profile's limit, or the consumer's if that is shorter. */
    static LongestTtl of(Profile profile, String consumer, ConsumerLimits limits) {
        var own = limits.maxTtl();
        return own == null || own.compareTo(profile.maxTtl()) > 0
                ? of(profile)
                : new LongestTtl(own, "consumer " + consumer + "'s limit");
    }

    /**
     * Fails unless a time to live is above 0 and within this limit.
     *
     * @throws SandboxException {@code INVALID_TTL}
     */
    void check(Duration ttl) {
        if (ttl.compareTo(MIN_TTL) < 0) {
            throw new SandboxException(ErrorCode.INVALID_TTL, "the time to live must be above 0");
        }
        if (ttl.compareTo(duration) > 0) {
            throw new SandboxException(
                    ErrorCode.INVALID_TTL,
                    "a time to live of " + Durations.format(ttl) + " is too long; " + setBy + " allows at most "
                            + Durations.format(duration));
        }
    }

    /**
     * Fails if a deadline {@code ttl} from now exceeds this limit, counted from the creation or last resumption of the sandbox.
     *
     * @param profile the profile of the sandbox
     * @throws SandboxException {@code INVALID_TTL}
     */
    void checkExtension(Sandbox sandbox, Profile profile, Instant now, Duration ttl) {
        var latest = sandbox.latestDeadline(profile.withLongestTtl(duration));
        if (now.plus(ttl).isAfter(latest)) {
            check(ttl);
            throw new SandboxException(
                    ErrorCode.INVALID_TTL,
                    "the new deadline is too late; " + setBy + " allows " + Durations.format(duration)
                            + " in all, until " + latest);
        }
    }
}
