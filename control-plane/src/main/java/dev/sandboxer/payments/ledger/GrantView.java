package dev.sandboxer.payments.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A grant as JSON, in the form that the CLI and the REST API share.
 *
 * @param kind {@code paid}, {@code free} or {@code correction}
 * @param remaining neither held, consumed nor expired
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
