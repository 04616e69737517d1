package dev.sandboxer.consumers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for sandboxes: an organisation, a team, a person.
 *
 * @param disabledAt since when it may begin nothing new; null = it may
 */
public record Consumer(
        String id, Instant createdAt, @Nullable Instant disabledAt) {
    public boolean disabled() {
        return disabledAt != null;
    }
}
