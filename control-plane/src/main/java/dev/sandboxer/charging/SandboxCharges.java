package dev.sandboxer.charging;

import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Hold;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.payments.rates.Payer;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Computes the cost of single sandboxes. Thread-safe. */
public record SandboxCharges(Ledger ledger, Metering metering, InstantSource clock) {
    /**
     * The cost of a sandbox as JSON, in the form that the CLI and the REST API share. Amounts are exact, in the billing currency.
     *
     * @param cost the consumer's cost until now; null = not known
     * @param held set aside for the rest of the sandbox's time
     * @param payer who pays the backend: {@code platform}, {@code owner} (the consumer itself) or {@code nobody}
     * @param backendCost the backend's bill to the consumer until now, by its price list; null = not known, or the backend bills us
     * @param priceList version of the rate card that the prices come from; null = the sandbox is free, or its prices are not known
     * @param maxCost the most that the sandbox may cost; null = no limit
     * @param wantedUntil the requested deadline if the credit allows only an earlier one; otherwise null
     */
    public record View(
            @Nullable BigDecimal cost,
            BigDecimal held,
            String payer,
            @Nullable BigDecimal backendCost,
            @Nullable String priceList,
            @Nullable BigDecimal maxCost,
            @Nullable Instant wantedUntil) {}

    /** Returns null for a sandbox that was created before there were meters, or that is free and has not run yet. */
    public @Nullable View of(Sandbox sandbox) {
        var id = sandbox.id().value();
        var meter = metering.meter(id).orElse(null);
        if (meter == null) {
            return null;
        }
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var tariff = meter.subject().tariff();
        return new View(
                amount(meter.costUntil(now).orElse(null)),
                ledger.hold(id).map(Hold::remaining).orElse(Money.ZERO).amount(),
                tariff.payer().text(),
                tariff.payer() == Payer.OWNER
                        ? amount(meter.backendCostUntil(now).orElse(null))
                        : null,
                tariff.card(),
                amount(sandbox.terms().maxCost()),
                sandbox.isShortOfCredit() ? sandbox.times().wantedUntil() : null);
    }

    private static @Nullable BigDecimal amount(@Nullable Money money) {
        return money == null ? null : money.amount();
    }
}
