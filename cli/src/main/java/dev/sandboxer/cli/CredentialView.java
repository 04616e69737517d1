package dev.sandboxer.cli;

import dev.sandboxer.credentials.Receipt;
import org.jspecify.annotations.Nullable;

/**
 * The choice of a credential as JSON.
 *
 * @param owner the consumer whose it is; null = the platform
 */
record CredentialView(String id, @Nullable String owner, String rule) {
    static @Nullable CredentialView of(@Nullable Receipt receipt) {
        return receipt == null
                ? null
                : new CredentialView(
                        receipt.credential().value(),
                        receipt.owner().consumer(),
                        receipt.rule().text());
    }
}
