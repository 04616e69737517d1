package dev.sandboxer.lifecycle.state;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionId;
import org.jspecify.annotations.Nullable;

/**
 * Where a sandbox runs, or is about to.
 *
 * @param extension whose backend runs it
 * @param host from where alone its backend can be reached; null = from anywhere
 * @param region in the backend's own terms, as asked for; null = wherever the backend likes
 * @param ref its id in the backend's own terms; null until it has one
 * @param receipt the credential it is made with, which alone is used for it; null = none is needed
 */
public record Placement(
        ExtensionId extension,
        @Nullable String host,
        @Nullable String region,
        @Nullable BackendRef ref,
        @Nullable Receipt receipt) {
    /** For an attempt that has not been answered yet. */
    public static Placement planned(
            ExtensionId extension, @Nullable String host, @Nullable String region, @Nullable Receipt receipt) {
        return new Placement(extension, host, region, null, receipt);
    }

    Placement made(BackendRef as) {
        return new Placement(extension, host, region, as, receipt);
    }

    /** The account there; null where none is needed. */
    public @Nullable CredentialId credential() {
        return receipt == null ? null : receipt.credential();
    }
}
