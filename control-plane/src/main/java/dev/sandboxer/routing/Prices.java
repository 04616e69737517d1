package dev.sandboxer.routing;

import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.RateFile;
import dev.sandboxer.payments.rates.Tariff;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What sandboxes would cost now.
 *
 * @param rates read when something that may cost is asked about, and not before
 */
record Prices(RateFile rates, InstantSource clock) {
    /** @param receipt the credential it would be made with; null = none is needed */
    Tariff tariff(Extension extension, SandboxSpec spec, String consumer, @Nullable Receipt receipt) {
        if (!extension.metered() && !rates.isOwn()) {
            return Tariff.free();
        }
        var payer = payer(extension, receipt);
        return rates.cards().tariff(extension.id(), payer, spec.size(), spec.region(), consumer, clock.instant());
    }

    private static Payer payer(Extension extension, @Nullable Receipt receipt) {
        if (!extension.metered()) {
            return Payer.NOBODY;
        }
        return receipt != null && receipt.owner().consumer() != null ? Payer.OWNER : Payer.PLATFORM;
    }
}
