package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;

/**
 * An amount to be taken for what a sandbox has used.
 *
 * @param id unique for ever
 * @param amount zero or more; of zero nothing is written
 * @param at when it was used, for the budget of that day
 */
public record Capture(String id, String consumer, String sandbox, Money amount, Instant at) {
    public Capture {
        if (amount.isNegative()) {
            throw new IllegalArgumentException("a capture can't be negative");
        }
    }
}
