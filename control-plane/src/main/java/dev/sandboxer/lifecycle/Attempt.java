package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.ExtensionId;
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
    @Nullable CredentialId credential() {
        return receipt == null ? null : receipt.credential();
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
