package dev.sandboxer.routing;

import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.profiles.Profile;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one request requires of an extension.
 *
 * @param requester the consumer, and the credential that the request names
 * @param spec what the sandbox shall be, given the template that the profile names for an extension
 * @param capabilities what the extension must be able to do besides
 * @param only the one extension that can take it, since it has the snapshot; null = any
 */
public record Requirements(
        Requester requester,
        Function<String, SandboxSpec> spec,
        Set<Capability> capabilities,
        @Nullable ExtensionId only) {
    public Requirements {
        capabilities = Set.copyOf(capabilities);
    }

    /** No more than the profile says. */
    public static Requirements of(Requester requester, Profile profile) {
        return new Requirements(requester, template -> plain(profile, template), Set.of(), null);
    }

    private static SandboxSpec plain(Profile profile, String template) {
        return SandboxSpec.builder(new Source.Template(template), profile.size())
                .env(profile.env())
                .network(NetworkRules.of(profile.network()))
                .build();
    }
}
