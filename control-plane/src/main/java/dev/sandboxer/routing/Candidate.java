package dev.sandboxer.routing;

import dev.sandboxer.credentials.CredentialChoices;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.profiles.Profile;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One extension of a route, as a candidate for one request.
 *
 * @param extension null = not installed
 * @param template the profile's template for this extension; null = none
 * @param choices chooses credentials for all candidates of the request
 */
record Candidate(
        ExtensionId id,
        @Nullable Extension extension,
        @Nullable String template,
        Profile profile,
        Requirements requirements,
        CredentialChoices choices) {
    /** Returns the extension. Only for gates after the one that checks that it is installed. */
    Extension installed() {
        return Objects.requireNonNull(extension);
    }

    /** Returns the request for the backend. Only for gates after the one that checks that there is a template. */
    SandboxSpec spec() {
        var asked = requirements.spec().apply(Objects.requireNonNull(template));
        return asked.idleTimeout() != null && movesDeadlineInstead()
                ? asked.toBuilder().idleTimeout(null).build()
                : asked;
    }

    /** Returns true if the backend has no idle timeout, but we can emulate one by moving the deadline while the sandbox is used. */
    private boolean movesDeadlineInstead() {
        var capabilities = installed().capabilities();
        return !capabilities.contains(Capability.IDLE_TIMEOUT) && capabilities.contains(Capability.EXTEND);
    }

    Verdict.Skipped skipped(Verdict.Code code, String reason) {
        return new Verdict.Skipped(id, code, reason);
    }
}
