package dev.sandboxer.lifecycle;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.routing.Preference;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a request wants of its backend beyond its profile. A backend that can't honour all of it is skipped.
 *
 * @param image a reference of a container registry to start from; null = the profile's template
 * @param ports opened at creation, beside the profile's
 * @param region null = the profile's
 * @param network null = the profile's
 * @param requires what the backend must be able to do, beside what the profile requires
 * @param preference the extension that the request names; null = none
 */
public record Wishes(
        @Nullable String image,
        Set<Integer> ports,
        @Nullable String region,
        @Nullable NetworkRules network,
        Set<Capability> requires,
        @Nullable Preference preference) {
    public static final Wishes NONE = new Wishes(null, Set.of(), null, null, Set.of(), null);

    /** Nothing but an extension that is named. */
    public static Wishes preferring(Preference preference) {
        return new Wishes(null, Set.of(), null, null, Set.of(), preference);
    }

    public Wishes {
        ports = Collections.unmodifiableSet(new TreeSet<>(ports));
        requires = Collections.unmodifiableSet(new TreeSet<>(requires));
    }
}
