package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import java.time.Instant;

/**
 * An amount to capture for the use of a sandbox.
 *
 * @param id unique and never reused
 * @param amount not negative; an amount of zero writes nothing
 * @param at time of the use; the amount counts against the budget of that day
 */
public record Capture(String id, String consumer, String sandbox, Money amount, Instant at) {
    public Capture {
        if (amount.isNegative()) {
            throw new IllegalArgumentException("a capture can't be negative");
        }
    }
}
