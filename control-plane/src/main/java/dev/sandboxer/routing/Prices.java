package dev.sandboxer.routing;

import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.payments.rates.Tariff;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The current prices of sandboxes. Thread-safe.
 *
 * @param rates the price list; read only if a candidate may cost something
 */
public record Prices(RateFile rates, InstantSource clock) {
    /**
     * Returns the prices of a sandbox that is created now.
     *
     * @param region in the backend's own terms; null = any
     * @param receipt the credential that is used; null = none is needed
     */
    public Tariff tariff(
            Extension extension,
            SandboxSize size,
            @Nullable String region,
            String consumer,
            @Nullable Receipt receipt) {
        if (!extension.metered() && !rates.hasOperatorPrices()) {
            return Tariff.free();
        }
        return rates.cards().tariff(extension.id(), payer(extension, receipt), size, region, consumer, clock.instant());
    }

    private static Payer payer(Extension extension, @Nullable Receipt receipt) {
        if (!extension.metered()) {
            return Payer.NOBODY;
        }
        return receipt != null && receipt.owner().consumer() != null ? Payer.OWNER : Payer.PLATFORM;
    }

    /** Returns how long a sandbox may keep running after its consumer's credit is used up. */
    public Duration grace() {
        return rates.hasOperatorPrices() ? rates.cards().grace() : Duration.ZERO;
    }
}
