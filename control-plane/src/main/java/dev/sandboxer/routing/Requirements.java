package dev.sandboxer.routing;

import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.profiles.Profile;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one request requires of an extension.
 *
 * @param requester who asks, and with which credential
 * @param network whom the sandbox may call
 * @param capabilities what it must be able to do besides
 * @param only the one extension that can take it, since it has the snapshot; null = any
 */
public record Requirements(
        Requester requester,
        NetworkPolicy network,
        Set<Capability> capabilities,
        @Nullable ExtensionId only) {
    public Requirements {
        capabilities = Set.copyOf(capabilities);
    }

    /** No more than the profile says. */
    public static Requirements of(Requester requester, Profile profile) {
        return new Requirements(requester, profile.network(), Set.of(), null);
    }
}
