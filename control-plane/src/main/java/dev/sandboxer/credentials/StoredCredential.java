package dev.sandboxer.credentials;

import dev.sandboxer.extension.ExtensionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A credential in the vault, without its fields.
 *
 * @param name the owner's own name for it
 * @param platformFallback true if the owner allows the platform's credential instead when this one is refused
 * @param refusal when and with what message the backend refused it; null = no refusal is known
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
