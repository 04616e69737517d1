package dev.sandboxer.lifecycle;

import dev.sandboxer.config.Durations;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Profile;
import java.time.Duration;

/**
 * How long a sandbox may live.
 *
 * @param setBy whose limit it is, as users know it
 */
record LongestTtl(Duration duration, String setBy) {
    /** Rows count in milliseconds. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    static LongestTtl of(Profile profile) {
        return new LongestTtl(profile.maxTtl(), profile.name().value());
    }

    /** The profile's, or the consumer's if that is shorter. */
    static LongestTtl of(Profile profile, String consumer, ConsumerLimits limits) {
        var own = limits.maxTtl();
        return own == null || own.compareTo(profile.maxTtl()) > 0
                ? of(profile)
                : new LongestTtl(own, "consumer " + consumer + "'s limit");
    }

    /**
     * @throws SandboxException {@code INVALID_TTL} when a time to live is none, or too long
     */
    void check(Duration ttl) {
        if (ttl.compareTo(SHORTEST) < 0) {
            throw new SandboxException(ErrorCode.INVALID_TTL, "a sandbox needs a time to live above 0");
        }
        if (ttl.compareTo(duration) > 0) {
            throw new SandboxException(
                    ErrorCode.INVALID_TTL,
                    Durations.format(ttl) + " is longer than " + setBy + " allows, which is "
                            + Durations.format(duration));
        }
    }
}
