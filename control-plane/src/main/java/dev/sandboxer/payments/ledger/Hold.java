package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Credits that are set aside for one sandbox.
 *
 * @param remaining the amount that can still be captured from the hold
 * @param captured the total captured for the sandbox, from the hold and beyond it
 * @param expiresAt when {@link Ledger#releaseOverdue} may release the hold
 * @param closedAt when the hold was released; null = it is open
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

    /** Returns the hold after its release. */
    Hold closed(Instant at) {
        return new Hold(sandbox, consumer, Money.ZERO, captured, openedAt, expiresAt, at);
    }
}
