package dev.sandboxer.routing;

import dev.sandboxer.credentials.CredentialChoices;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.profiles.Profile;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One extension of a route, looked at for one request.
 *
 * @param extension null when it is not installed
 * @param template what the profile says a sandbox starts from there; null when it says nothing
 * @param choices of a credential, for all candidates of the request
 */
record Candidate(
        ExtensionId id,
        @Nullable Extension extension,
        @Nullable String template,
        Profile profile,
        Requirements requirements,
        CredentialChoices choices) {
    /** For gates behind the one that asks whether it is installed. */
    Extension installed() {
        return Objects.requireNonNull(extension);
    }

    /** For gates behind the one that asks whether the profile names a template. */
    SandboxSpec spec() {
        return requirements.spec().apply(Objects.requireNonNull(template));
    }

    Verdict.Skipped skipped(Verdict.Code code, String why) {
        return new Verdict.Skipped(id, code, why);
    }
}
