package dev.sandboxer.lifecycle.state;

import dev.sandboxer.launch.Launch;
import dev.sandboxer.lifecycle.terms.NamedTemplate;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.ProfileName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The consumer that requested a sandbox, and what it was created from. Only the metadata may change.
 *
 * @param snapshot the snapshot it was created from; null = the profile's template
 * @param metadata the consumer's own name-value pairs
 * @param holder the process whose exit ends the sandbox; null = none
 * @param command the command it was created for, without secrets; null = none
 * @param route the verdicts of routing, one line for each extension of the profile's route; null = not known
 * @param launch what is started in it, and how its processes run
 * @param template the template that its snapshot was built as; null = none
 */
public record Origin(
        String consumer,
        ProfileName profile,
        @Nullable String snapshot,
        Map<String, String> metadata,
        @Nullable ProcessIdentity holder,
        @Nullable String command,
        @Nullable String route,
        Launch launch,
        @Nullable NamedTemplate template) {
    public Origin {
        metadata = Map.copyOf(metadata);
    }

    /** Creates the origin of a sandbox in which nothing is started. */
    public Origin(
            String consumer,
            ProfileName profile,
            @Nullable String snapshot,
            Map<String, String> metadata,
            @Nullable ProcessIdentity holder,
            @Nullable String command,
            @Nullable String route) {
        this(consumer, profile, snapshot, metadata, holder, command, route, Launch.NOTHING, null);
    }

    Origin withMetadata(Map<String, String> pairs) {
        return new Origin(consumer, profile, snapshot, pairs, holder, command, route, launch, template);
    }
}
