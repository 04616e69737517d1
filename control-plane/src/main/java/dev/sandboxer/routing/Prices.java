package dev.sandboxer.routing;

import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.payments.rates.RateCards;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What sandboxes would cost now.
 *
 * @param cards read when something metered is asked about, and not before
 */
record Prices(Supplier<RateCards> cards, InstantSource clock) {
    Quote quote(Extension extension, SandboxSpec spec, Duration ttl) {
        if (!extension.metered()) {
            return Quote.FREE;
        }
        return cards.get()
                .find(extension.id(), clock.instant())
                .map(card -> new Quote(
                        true,
                        card.perHour(spec.size(), spec.region()).orElse(null),
                        card.worstCase(spec.size(), spec.region(), ttl).orElse(null)))
                .orElse(Quote.UNKNOWN);
    }
}
