package dev.sandboxer.payments.rates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.ExtensionId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RateCardTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    static final RateCard CARD = new RateCard(
            "test-1",
            new ExtensionId("ext.test"),
            Instant.EPOCH,
            new BigDecimal("0.00002"),
            new BigDecimal("0.000005"),
            Map.of("T4", new BigDecimal("0.000164"), "H100", new BigDecimal("0.001097")),
            Map.of("us", new BigDecimal("1.5")),
            new BigDecimal("0.001"));

    @Test
    void the_newest_card_that_holds_already_is_taken() {
        var old = dated("2026-01-01");
        var current = dated("2026-06-01");
        var announced = dated("2027-01-01");
        assertThat(new RateCards("USD", List.of(announced, old, current)).find(CARD.extension(), NOW))
                .hasValue(current);
    }

    @Test
    void an_extension_that_nobody_has_priced_has_no_card() {
        assertThat(RateCardReader.builtIn().find(new ExtensionId("ext.unheard-of"), NOW))
                .isEmpty();
    }

    private static RateCard dated(String day) {
        return new RateCard(
                day,
                CARD.extension(),
                Instant.parse(day + "T00:00:00Z"),
                BigDecimal.ONE,
                BigDecimal.ONE,
                Map.of(),
                Map.of(),
                BigDecimal.ZERO);
    }
}
