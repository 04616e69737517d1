package dev.sandboxer.routing;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.NetworkPolicy;
import dev.sandboxer.profiles.Profile;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one request wants of an extension.
 *
 * @param network whom the sandbox may call
 * @param capabilities what it must be able to do besides
 * @param only the one extension that can take it, since it has the snapshot; null = any
 */
public record Demand(
        NetworkPolicy network,
        Set<Capability> capabilities,
        @Nullable ExtensionId only) {
    public Demand {
        capabilities = Set.copyOf(capabilities);
    }

    /** No more than the profile says. */
    public static Demand of(Profile profile) {
        return new Demand(profile.network(), Set.of(), null);
    }
}
