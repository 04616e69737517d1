package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Credits that were given to a consumer. Of several, the one with the lowest priority is used first; of these the one that
 * expires first, then the oldest.
 *
 * @param remaining what is neither held, nor consumed, nor expired
 * @param expiresAt null = never
 */
public record Grant(
        String id,
        String consumer,
        Kind kind,
        Money amount,
        Money remaining,
        int priority,
        Instant createdAt,
        @Nullable Instant expiresAt,
        String note) {
    boolean hasExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    Grant withRemaining(Money value) {
        return new Grant(id, consumer, kind, amount, value, priority, createdAt, expiresAt, note);
    }

    /** What a grant was given for. */
    public enum Kind {
        /** It was paid for, and so stands on the bill as a purchase. */
        PAID,
        /** It was given for nothing. */
        FREE,
        /** It gives back what was captured by mistake. */
        CORRECTION;

        /** As users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Credits to be given.
     *
     * @param id of one's own choice: a second request with the same id and content gives nothing more
     * @param expiresAt null = never
     */
    public record Request(
            String id,
            String consumer,
            Kind kind,
            Money amount,
            int priority,
            @Nullable Instant expiresAt,
            String note) {}
}
