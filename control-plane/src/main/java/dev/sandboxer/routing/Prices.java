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
 * What sandboxes would cost now. Thread-safe.
 *
 * @param rates read when something that may cost is asked about, and not before
 */
public record Prices(RateFile rates, InstantSource clock) {
    /**
     * The prices of a sandbox that is created now.
     *
     * @param region in the backend's own terms; null = any
     * @param receipt the credential it is made with; null = none is needed
     */
    public Tariff tariff(
            Extension extension,
            SandboxSize size,
            @Nullable String region,
            String consumer,
            @Nullable Receipt receipt) {
        if (!extension.metered() && !rates.isOwn()) {
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

    /** How long a sandbox may go on when its consumer's credit is used up. */
    public Duration grace() {
        return rates.isOwn() ? rates.cards().grace() : Duration.ZERO;
    }
}
