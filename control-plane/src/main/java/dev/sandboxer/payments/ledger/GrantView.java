package dev.sandboxer.payments.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A grant as JSON, the same at every front door.
 *
 * @param kind {@code paid}, {@code free} or {@code correction}
 * @param remaining what is neither held, nor consumed, nor expired
 * @param expiresAt null = never
 */
public record GrantView(
        String id,
        String consumer,
        String kind,
        BigDecimal amount,
        BigDecimal remaining,
        int priority,
        Instant createdAt,
        @Nullable Instant expiresAt,
        String note) {
    public static GrantView of(Grant grant) {
        return new GrantView(
                grant.id(),
                grant.consumer(),
                grant.kind().text(),
                grant.amount().amount(),
                grant.remaining().amount(),
                grant.priority(),
                grant.createdAt(),
                grant.expiresAt(),
                grant.note());
    }
}
