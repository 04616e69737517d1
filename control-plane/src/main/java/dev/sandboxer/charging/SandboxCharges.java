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

/** Tells what single sandboxes cost. Thread-safe. */
public record SandboxCharges(Ledger ledger, Metering metering, InstantSource clock) {
    /**
     * What a sandbox costs, as JSON, the same at every front door. Amounts are exact, in the billing currency.
     *
     * @param cost what its consumer owes us for it until now; null = not known
     * @param held what is set aside for the rest of its time
     * @param payer who pays the backend: {@code platform}, {@code owner} (the consumer itself) or {@code nobody}
     * @param backendCost what the backend bills its consumer until now, by its price list; null = not known, or it bills us
     * @param priceList the list that its prices come from; null = it is free, or none has them
     * @param maxCost the most it may cost; null = no limit of its own
     * @param wantedUntil the deadline that was asked for, where credit allows an earlier one only; else null
     */
    public record View(
            @Nullable BigDecimal cost,
            BigDecimal held,
            String payer,
            @Nullable BigDecimal backendCost,
            @Nullable String priceList,
            @Nullable BigDecimal maxCost,
            @Nullable Instant wantedUntil) {}

    /** Returns null for a sandbox that was made before there were meters, or that is free and has not run yet. */
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
