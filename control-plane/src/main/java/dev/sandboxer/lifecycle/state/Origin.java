package dev.sandboxer.lifecycle.state;

import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.ProfileName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who asked for a sandbox, and by which recipe. Only the metadata may change.
 *
 * @param snapshot the snapshot it was started from; null = the profile's template
 * @param metadata the consumer's own notes
 * @param holder the process it must not outlive; null for one that stays
 * @param route what routing said, a line for each extension of the profile's route; null = not known
 */
public record Origin(
        String consumer,
        ProfileName profile,
        @Nullable String snapshot,
        Map<String, String> metadata,
        @Nullable ProcessIdentity holder,
        @Nullable String route) {
    public Origin {
        metadata = Map.copyOf(metadata);
    }

    Origin withMetadata(Map<String, String> pairs) {
        return new Origin(consumer, profile, snapshot, pairs, holder, route);
    }
}
