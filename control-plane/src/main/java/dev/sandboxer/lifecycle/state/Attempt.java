package dev.sandboxer.lifecycle.state;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.SandboxTag;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One try to create a sandbox with one extension.
 *
 * @param receipt the credential it is made with; null = none is needed
 * @param number counts from 1; part of the tag
 * @param outcome null while nobody knows
 * @param message what the backend said, for failures
 */
public record Attempt(
        SandboxId sandbox,
        int number,
        ExtensionId extension,
        @Nullable Receipt receipt,
        Instant startedAt,
        @Nullable Outcome outcome,
        @Nullable String message) {
    /** The account it is made in; null where none is needed. */
    public @Nullable CredentialId credential() {
        return receipt == null ? null : receipt.credential();
    }

    /** The tag under which its backend keeps what it makes. */
    public SandboxTag tag(String installation) {
        return new SandboxTag(installation, sandbox.value(), number);
    }

    public enum Outcome {
        CREATED,
        /** Certainly nothing was made. */
        REFUSED,
        /** The answer was lost, and a look-up by tag found nothing. */
        NOT_FOUND;

        /** As users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
