package dev.sandboxer.consumers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An organisation, team or person that uses sandboxes.
 *
 * @param disabledAt when it was disabled, after which it can start nothing new; null = it is enabled
 */
public record Consumer(
        String id, Instant createdAt, @Nullable Instant disabledAt) {
    public boolean disabled() {
        return disabledAt != null;
    }
}
