package dev.sandboxer.lifecycle;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.routing.Preference;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks of the backend beyond its profile. A backend that can't do all of it is skipped.
 *
 * @param image the image to start from, as a reference to a container registry; null = the profile's template
 * @param ports ports to open at creation, in addition to the profile's
 * @param region null = the profile's
 * @param network null = the profile's
 * @param requires capabilities that the backend must have, in addition to those that the profile requires
 * @param preference the extension that the request names; null = none
 */
public record BackendOptions(
        @Nullable String image,
        Set<Integer> ports,
        @Nullable String region,
        @Nullable NetworkRules network,
        Set<Capability> requires,
        @Nullable Preference preference) {
    public static final BackendOptions NONE = new BackendOptions(null, Set.of(), null, null, Set.of(), null);

    /** Returns options that only name an extension. */
    public static BackendOptions preferring(Preference preference) {
        return new BackendOptions(null, Set.of(), null, null, Set.of(), preference);
    }

    public BackendOptions {
        ports = Collections.unmodifiableSet(new TreeSet<>(ports));
        requires = Collections.unmodifiableSet(new TreeSet<>(requires));
    }
}
