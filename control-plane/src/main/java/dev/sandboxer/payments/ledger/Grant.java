package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Credits that were given to a consumer. The grant with the lowest priority is used first; among equals the one that expires first, then
 * the oldest.
 *
 * @param remaining neither held, consumed nor expired
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

    /** The reason of a grant. */
    public enum Kind {
        /** The consumer paid for it. It is on the bill as a purchase. */
        PAID,
        /** It was given for free. */
        FREE,
        /** It gives back an amount that was captured by mistake. */
        CORRECTION;

        /** Returns the word that users see. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A request to give credits.
     *
     * @param id chosen by the caller; a repeated request with the same id and content gives nothing more
     * @param amount above zero
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
