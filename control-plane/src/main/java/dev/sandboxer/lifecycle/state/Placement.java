package dev.sandboxer.lifecycle.state;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionId;
import org.jspecify.annotations.Nullable;

/**
 * The place where a sandbox runs or is about to run.
 *
 * @param extension the extension whose backend runs it
 * @param host the only host that can reach its backend; null = any can
 * @param region the requested region, in the backend's own terms; null = the backend chooses
 * @param ref its id at the backend; null until it has one
 * @param receipt the credential it is created with; no other is ever used for it; null = none is needed
 */
public record Placement(
        ExtensionId extension,
        @Nullable String host,
        @Nullable String region,
        @Nullable BackendRef ref,
        @Nullable Receipt receipt) {
    /** Returns the placement of an attempt that has no answer yet. */
    public static Placement planned(
            ExtensionId extension, @Nullable String host, @Nullable String region, @Nullable Receipt receipt) {
        return new Placement(extension, host, region, null, receipt);
    }

    Placement withRef(BackendRef value) {
        return new Placement(extension, host, region, value, receipt);
    }

    /** Returns the account at the backend; null where none is needed. */
    public @Nullable CredentialId credential() {
        return receipt == null ? null : receipt.credential();
    }
}
