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
 * The requirements of one request on an extension.
 *
 * @param requester the consumer, and the credential that the request names
 * @param spec builds the backend's request from the profile's template for the extension
 * @param capabilities further capabilities that the extension must have
 * @param ttl the time to live of the sandbox, for its worst-case cost
 * @param only the only possible extension, because it has the snapshot; null = any
 * @param preference the extension that the request names; null = none
 * @param maxCost the most that the sandbox may cost its consumer; null = no limit
 */
public record Requirements(
        Requester requester,
        Function<String, SandboxSpec> spec,
        Set<Capability> capabilities,
        Duration ttl,
        @Nullable ExtensionId only,
        @Nullable Preference preference,
        @Nullable Money maxCost) {
    /** Prefix of a template that is an image in a container registry. */
    private static final String IMAGE = "image:";

    public Requirements {
        capabilities = Set.copyOf(capabilities);
    }

    /** Returns requirements that follow from the profile alone. */
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

    /** Returns these requirements with another time to live. */
    public Requirements withTtl(Duration value) {
        return new Requirements(requester, spec, capabilities, value, only, preference, maxCost);
    }

    /** Returns the source that a profile's template means: an image if it begins with {@code image:}, else a backend's template. */
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
