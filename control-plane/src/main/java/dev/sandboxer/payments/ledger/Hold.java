package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Credits set aside for one sandbox.
 *
 * @param remaining what can still be captured from it
 * @param captured what was captured for the sandbox in all
 * @param expiresAt released after that, whatever has become of the sandbox
 * @param closedAt null = it is open
 */
public record Hold(
        String sandbox,
        String consumer,
        Money remaining,
        Money captured,
        Instant openedAt,
        Instant expiresAt,
        @Nullable Instant closedAt) {
    boolean isOpen() {
        return closedAt == null;
    }
}
