package dev.sandboxer.http.api;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.ledger.CommandId;
import dev.sandboxer.payments.ledger.Grant;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request for a grant, as JSON.
 *
 * @param id required, so that the request can be repeated safely
 * @param free true = the grant was not paid for
 * @param priority grants with the lowest number are used first; null = 0
 * @param expiresAt such as {@code 2027-01-31T00:00:00Z}; null = never
 */
record GrantBody(
        @Nullable String id,
        @Nullable BigDecimal amount,
        @Nullable Boolean free,
        @Nullable Integer priority,
        @Nullable String expiresAt,
        @Nullable String note) {
    /**
     * Returns the request for a consumer.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    Grant.Request request(String consumer) {
        if (id == null || amount == null) {
            throw invalid("a grant needs an amount, and an id of your choice");
        }
        return new Grant.Request(
                CommandId.require(id),
                consumer,
                Boolean.TRUE.equals(free) ? Grant.Kind.FREE : Grant.Kind.PAID,
                JsonAmount.read("amount", amount),
                Objects.requireNonNullElse(priority, 0),
                expiresAt == null ? null : time(expiresAt),
                CommandId.requireNote(Objects.requireNonNullElse(note, "")));
    }

    private static Instant time(String text) {
        try {
            var time = Instant.parse(text);
            var _ = time.toEpochMilli();
            return time;
        } catch (DateTimeParseException | ArithmeticException e) {
            throw invalid("expiresAt must be a time such as 2027-01-31T00:00:00Z");
        }
    }

    private static SandboxException invalid(String message) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
