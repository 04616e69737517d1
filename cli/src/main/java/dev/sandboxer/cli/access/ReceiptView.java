package dev.sandboxer.cli.access;

import dev.sandboxer.credentials.Receipt;
import org.jspecify.annotations.Nullable;

/**
 * The credential that was chosen, as JSON.
 *
 * @param owner the consumer that owns the credential; null = the platform
 */
public record ReceiptView(String id, @Nullable String owner, String rule) {
    public static @Nullable ReceiptView of(@Nullable Receipt receipt) {
        return receipt == null
                ? null
                : new ReceiptView(
                        receipt.credential().value(),
                        receipt.owner().consumer(),
                        receipt.rule().text());
    }
}
