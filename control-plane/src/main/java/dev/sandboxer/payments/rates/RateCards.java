package dev.sandboxer.payments.rates;

import dev.sandboxer.extension.ExtensionId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All price lists. Immutable.
 *
 * @param currency the billing currency, three letters of ISO 4217
 */
public record RateCards(String currency, List<RateCard> cards) {
    public RateCards {
        cards = List.copyOf(cards);
    }

    /** The newest card of an extension that holds at that time; empty when its prices are not known. */
    public Optional<RateCard> find(ExtensionId extension, Instant at) {
        return cards.stream()
                .filter(card -> card.extension().equals(extension))
                .filter(card -> !card.from().isAfter(at))
                .max(Comparator.comparing(RateCard::from));
    }
}
