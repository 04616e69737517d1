package dev.sandboxer.payments.rates;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSize;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All rate cards, with the mark-ups and fees of consumers. Immutable.
 *
 * @param currency the billing currency, three letters of ISO 4217
 * @param own the installation's own cards; they take precedence over the built-in ones
 * @param defaults rules for consumers that have none of their own
 * @param consumers rules by consumer
 * @param grace how long a sandbox may keep running after its consumer's credit is used up
 */
public record RateCards(
        String currency,
        List<RateCard> own,
        List<RateCard> builtIn,
        PriceRules defaults,
        Map<String, PriceRules> consumers,
        Duration grace) {
    public RateCards {
        own = List.copyOf(own);
        builtIn = List.copyOf(builtIn);
        consumers = Map.copyOf(consumers);
    }

    /** Creates a set of cards without mark-ups, fees and grace. */
    public RateCards(String currency, List<RateCard> cards) {
        this(currency, List.of(), cards, PriceRules.NONE, Map.of(), Duration.ZERO);
    }

    /** Returns the card of an extension that is in effect at this time; empty if its prices are not known. */
    public Optional<RateCard> find(ExtensionId extension, Instant at) {
        return newest(own, extension, at).or(() -> newest(builtIn, extension, at));
    }

    private static Optional<RateCard> newest(List<RateCard> cards, ExtensionId extension, Instant at) {
        return cards.stream()
                .filter(card -> card.extension().equals(extension))
                .filter(card -> !card.from().isAfter(at))
                .max(Comparator.comparing(RateCard::from));
    }

    /**
     * Returns the prices of a sandbox. A sandbox whose backend is free is free, unless a card has a price for it.
     *
     * @param payer who pays the backend
     * @param region in the backend's own terms; null = none was asked for
     * @param at when the sandbox is created
     */
    public Tariff tariff(
            ExtensionId extension,
            Payer payer,
            SandboxSize size,
            @Nullable String region,
            String consumer,
            Instant at) {
        var card = find(extension, at);
        if (payer == Payer.NOBODY && card.filter(it -> !it.isFree()).isEmpty()) {
            return Tariff.free();
        }
        return card.flatMap(it -> it.prices(size.gpu(), region)
                        .map(prices -> new Tariff(it.version(), payer, billed(prices, payer, size, rules(consumer)))))
                .orElseGet(() -> Tariff.unknown(payer));
    }

    private PriceRules rules(String consumer) {
        return consumers.getOrDefault(consumer, defaults);
    }

    private static Map<Meter, UnitPrice> billed(
            Map<Meter, BigDecimal> prices, Payer payer, SandboxSize size, PriceRules rules) {
        var all = new EnumMap<Meter, UnitPrice>(Meter.class);
        if (payer != Payer.OWNER) {
            var factor = BigDecimal.ONE.add(rules.markup());
            prices.forEach((meter, price) -> all.put(meter, new UnitPrice(price, price.multiply(factor))));
            return all;
        }
        var perSecond = BigDecimal.ZERO;
        for (var entry : prices.entrySet()) {
            all.put(entry.getKey(), new UnitPrice(entry.getValue(), BigDecimal.ZERO));
            if (entry.getKey() != Meter.CREATION) {
                perSecond =
                        perSecond.add(entry.getValue().multiply(entry.getKey().quantity(size, 1000)));
            }
        }
        var fee = perSecond.multiply(rules.platformFee());
        if (fee.signum() > 0) {
            all.put(Meter.PLATFORM_FEE, new UnitPrice(fee, fee));
        }
        return all;
    }
}
