package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A correction of earlier lines.
 *
 * @param id unique for ever, within the installation
 * @param sandbox whose usage it corrects; null = none in particular
 * @param amount what the consumer owes us more; negative = less
 * @param prepaid how much of that is drawn from, or given back to, credits, and so changes no invoice; of the same sign. With an
 *     amount of zero: how much of earlier lines was paid from credits after it was billed, and is owed no longer
 * @param note the operator's words; may be empty
 */
public record AdjustmentLine(
        String id, String consumer, @Nullable String sandbox, Money amount, Money prepaid, Instant at, String note)
        implements BillLine {
    public AdjustmentLine {
        if (!amount.isZero() && prepaid.nanos() != 0 && prepaid.isNegative() != amount.isNegative()
                || !amount.isZero() && Math.abs(prepaid.nanos()) > Math.abs(amount.nanos())) {
            throw new IllegalArgumentException("credits cannot pay " + prepaid + " of a correction of " + amount);
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
