package dev.sandboxer.lifecycle.state;

import dev.sandboxer.extension.spec.NetworkPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed for one sandbox beyond its profile.
 *
 * @param onTimeout what happens when its time is up
 * @param autoResume whether work that arrives while it is paused wakes it
 * @param network null = the profile's
 * @param publicPorts whether its ports answer without a traffic token
 * @param hostMask the Host header that servers inside see; null = the one that was sent. {@code ${PORT}} stands for the port
 */
public record Terms(
        OnTimeout onTimeout,
        boolean autoResume,
        @Nullable NetworkPolicy network,
        boolean publicPorts,
        @Nullable String hostMask) {
    public static final Terms USUAL = new Terms(OnTimeout.KILL, false, null, true, null);
}
