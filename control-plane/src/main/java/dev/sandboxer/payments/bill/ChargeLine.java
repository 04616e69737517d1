package dev.sandboxer.payments.bill;

import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Tariff;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line of the bill: what one sandbox has used of one meter within one UTC hour. Immutable.
 *
 * @param id unique for ever, within the installation
 * @param subject whose use it is
 * @param start inclusive, in whole milliseconds
 * @param end exclusive; equal to {@code start} for a sandbox that ran for no millisecond
 * @param quantity in {@link Meter#unit}s, exact
 * @param cost what it costs
 */
public record ChargeLine(
        String id, Subject subject, Meter meter, Instant start, Instant end, BigDecimal quantity, Cost cost)
        implements BillLine {
    /**
     * The sandbox, and who pays for it.
     *
     * @param region in the backend's own terms; null = any
     * @param tags what its consumer has given it, as JSON object; null = nothing
     */
    public record Subject(
            String sandbox,
            String consumer,
            String profile,
            String extension,
            @Nullable String region,
            SandboxSize size,
            Tariff tariff,
            @Nullable String tags) {}

    /**
     * What a line costs.
     *
     * @param billed what its consumer pays for it, as the ledger has it; null = not known
     * @param prepaid how much of that was drawn from grants, and so was paid before; null only where {@code billed} is
     */
    public record Cost(@Nullable Money billed, @Nullable Money prepaid) {
        /** Of a line whose price is not known. */
        public static final Cost UNKNOWN = new Cost(null, null);
    }

    @Override
    public String consumer() {
        return subject.consumer();
    }

    @Override
    public boolean isPriced() {
        return subject.tariff().isKnown() && cost.billed() != null;
    }

    /** What the backend charges for it by its price list, if that is known; 0 for our own fee. */
    public Optional<BigDecimal> backendCost() {
        if (!subject.tariff().isKnown()) {
            return Optional.empty();
        }
        var price =
                meter == Meter.PLATFORM_FEE ? null : subject.tariff().prices().get(meter);
        return Optional.of(price == null ? BigDecimal.ZERO : price.list().multiply(quantity));
    }
}
