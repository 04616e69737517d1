package dev.sandboxer.routing;

import dev.sandboxer.credentials.CredentialRouter.Asker;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.profiles.Profile;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one request wants of an extension.
 *
 * @param asker who asks, and with which credential
 * @param network whom the sandbox may call
 * @param capabilities what it must be able to do besides
 * @param only the one extension that can take it, since it has the snapshot; null = any
 */
public record Demand(
        Asker asker,
        NetworkPolicy network,
        Set<Capability> capabilities,
        @Nullable ExtensionId only) {
    public Demand {
        capabilities = Set.copyOf(capabilities);
    }

    /** No more than the profile says. */
    public static Demand of(Asker asker, Profile profile) {
        return new Demand(asker, profile.network(), Set.of(), null);
    }
}
