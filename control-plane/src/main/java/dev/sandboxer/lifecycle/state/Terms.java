package dev.sandboxer.lifecycle.state;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.payments.Money;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed for one sandbox beyond its profile.
 *
 * @param onTimeout what happens when its time is up
 * @param autoResume whether work that arrives while it is paused wakes it
 * @param network null = the profile's
 * @param publicPorts whether its ports answer without a traffic token
 * @param hostMask the Host header that servers inside see; null = the one that was sent. {@code ${PORT}} stands for the port
 * @param maxCost the most it may cost its consumer; null = no limit of its own
 */
public record Terms(
        OnTimeout onTimeout,
        boolean autoResume,
        @Nullable NetworkPolicy network,
        boolean publicPorts,
        @Nullable String hostMask,
        @Nullable Money maxCost) {
    public static final Terms USUAL = new Terms(OnTimeout.KILL, false, null, true, null, null);

    /** With another limit on its cost. */
    public Terms withMaxCost(@Nullable Money value) {
        return new Terms(onTimeout, autoResume, network, publicPorts, hostMask, value);
    }

    /** With another end of its time. */
    public Terms withOnTimeout(OnTimeout value) {
        return new Terms(value, autoResume, network, publicPorts, hostMask, maxCost);
    }
}
