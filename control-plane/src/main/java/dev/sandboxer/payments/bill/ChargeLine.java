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
 * One line of the bill: the use of one meter by one sandbox within one UTC hour. Immutable.
 *
 * @param id unique within the installation and never reused
 * @param subject the sandbox, its consumer and its prices
 * @param start inclusive, in whole milliseconds
 * @param end exclusive; equal to {@code start} for a sandbox that ran for less than a millisecond
 * @param quantity in {@link Meter#unit}s, exact
 * @param cost the cost to the consumer
 */
public record ChargeLine(
        String id, Subject subject, Meter meter, Instant start, Instant end, BigDecimal quantity, Cost cost)
        implements BillLine {
    /**
     * A sandbox, its consumer and its prices.
     *
     * @param region in the backend's own terms; null = any
     * @param tariff the frozen prices
     * @param tags the consumer's metadata as a JSON object; null = none
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
     * The cost of a line.
     *
     * @param billed captured by the ledger for the line; null = not known
     * @param prepaid the part of {@code billed} that was drawn from grants; null if and only if {@code billed} is null
     */
    public record Cost(@Nullable Money billed, @Nullable Money prepaid) {
        /** The cost of a line whose price is not known. */
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

    /** Returns the line's cost by the backend's price list; 0 for the platform fee, empty if the prices are not known. */
    public Optional<BigDecimal> backendCost() {
        if (!subject.tariff().isKnown()) {
            return Optional.empty();
        }
        var price =
                meter == Meter.PLATFORM_FEE ? null : subject.tariff().prices().get(meter);
        return Optional.of(price == null ? BigDecimal.ZERO : price.list().multiply(quantity));
    }
}
