package dev.sandboxer.http.e2b.control;

import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.profiles.Profile;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks the timeout of a sandbox, with E2B's error messages. */
final class TimeoutLimit {
    private TimeoutLimit() {}

    /**
     * Returns the requested timeout. Without one, returns the default, shortened to what the profile allows.
     *
     * @param seconds the requested timeout; null = none
     * @param defaultSeconds the route's default
     * @throws E2bException 400 if the requested timeout is not positive or longer than the profile allows
     */
    static Duration check(@Nullable Integer seconds, int defaultSeconds, Profile profile) {
        if (seconds != null) {
            return check(Duration.ofSeconds(seconds), profile);
        }
        var timeout = Duration.ofSeconds(defaultSeconds);
        return timeout.compareTo(profile.maxTtl()) < 0 ? timeout : profile.maxTtl();
    }

    /**
     * Returns the timeout.
     *
     * @throws E2bException 400 if it is not positive or longer than the profile allows
     */
    static Duration check(Duration timeout, Profile profile) {
        if (!timeout.isPositive()) {
            throw new E2bException(400, "Timeout must be greater than 0");
        }
        if (timeout.compareTo(profile.maxTtl()) > 0) {
            throw new E2bException(400, "Timeout cannot be greater than " + hours(profile.maxTtl()));
        }
        return timeout;
    }

    private static String hours(Duration most) {
        if (most.toSeconds() % 3600 == 0) {
            return most.toHours() + " hours";
        }
        return most.toSeconds() % 60 == 0 ? most.toMinutes() + " minutes" : most.toSeconds() + " seconds";
    }
}
