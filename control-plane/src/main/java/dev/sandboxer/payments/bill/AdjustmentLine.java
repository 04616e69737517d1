package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A correction of earlier lines.
 *
 * @param id unique within the installation and never reused
 * @param sandbox the sandbox whose usage is corrected; null = no particular one
 * @param amount added to what the consumer owes us; negative = subtracted
 * @param prepaid the part of the amount that is drawn from or returned to credits, and so is not invoiced; it has the sign of the amount.
 *     If the amount is zero: the part of earlier lines that credits paid after billing, so that it is no longer owed
 * @param at when the correction was made
 * @param note the operator's note; may be empty
 */
public record AdjustmentLine(
        String id, String consumer, @Nullable String sandbox, Money amount, Money prepaid, Instant at, String note)
        implements BillLine {
    public AdjustmentLine {
        if (!amount.isZero() && prepaid.nanos() != 0 && prepaid.isNegative() != amount.isNegative()
                || !amount.isZero() && Math.abs(prepaid.nanos()) > Math.abs(amount.nanos())) {
            throw new IllegalArgumentException("credits can't pay " + prepaid + " of a correction of " + amount);
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
