package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.Money;
import java.time.Instant;

/**
 * Credits that a consumer has paid for. Usage that draws on them is not billed again.
 *
 * @param id unique within the installation and never reused
 * @param amount above zero
 * @param at when the credits were granted
 * @param note the operator's note; may be empty
 */
public record PurchaseLine(String id, String consumer, Money amount, Instant at, String note) implements BillLine {
    public PurchaseLine {
        if (!amount.isPositive()) {
            throw new IllegalArgumentException("a purchase must be above zero: " + amount);
        }
    }

    @Override
    public Instant start() {
        return at;
    }

    @Override
    public Instant end() {
        return at;
    }

    @Override
    public boolean isPriced() {
        return true;
    }
}
