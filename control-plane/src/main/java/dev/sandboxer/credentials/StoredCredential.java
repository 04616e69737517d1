package dev.sandboxer.credentials;

import dev.sandboxer.extension.ExtensionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A credential of the vault without its fields.
 *
 * @param name the owner's own name for it
 * @param platformFallback whether its owner lets the platform's take its place when it is refused
 * @param refusal since when its backend refuses it, and what it said; null = it doesn't, as far as we know
 */
public record StoredCredential(
        CredentialId id,
        Owner owner,
        ExtensionId extension,
        String name,
        boolean platformFallback,
        Instant createdAt,
        @Nullable Refusal refusal) {
    public record Refusal(Instant at, String message) {}
}
