package dev.sandboxer.routing;

import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.payments.Money;
import dev.sandboxer.profiles.Profile;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one request requires of an extension.
 *
 * @param requester the consumer, and the credential that the request names
 * @param spec what the sandbox shall be, given the template that the profile names for an extension
 * @param capabilities what the extension must be able to do besides
 * @param ttl how long the sandbox may live, for the worst case of its cost
 * @param only the one extension that can take it, since it has the snapshot; null = any
 * @param preference the extension that the request names; null = none
 * @param maxCost the most that it may cost its consumer; null = no limit of its own
 */
public record Requirements(
        Requester requester,
        Function<String, SandboxSpec> spec,
        Set<Capability> capabilities,
        Duration ttl,
        @Nullable ExtensionId only,
        @Nullable Preference preference,
        @Nullable Money maxCost) {
    /** How a profile's template says that it is an image of a container registry. */
    private static final String IMAGE = "image:";

    public Requirements {
        capabilities = Set.copyOf(capabilities);
    }

    /** No more than the profile says. */
    public static Requirements of(Requester requester, Profile profile) {
        return new Requirements(
                requester,
                template -> plain(profile, template),
                profile.options().requires(),
                profile.ttl(),
                null,
                null,
                null);
    }

    /** With another time to live. */
    public Requirements withTtl(Duration value) {
        return new Requirements(requester, spec, capabilities, value, only, preference, maxCost);
    }

    /** What a profile's template means: a template of the backend, or with {@code image:} before it an image. */
    public static Source source(String template) {
        return template.startsWith(IMAGE)
                ? new Source.Image(template.substring(IMAGE.length()), null)
                : new Source.Template(template);
    }

    private static SandboxSpec plain(Profile profile, String template) {
        return SandboxSpec.builder(source(template), profile.size())
                .env(profile.env())
                .network(profile.network())
                .ports(profile.options().ports())
                .region(profile.options().region())
                .build();
    }
}
