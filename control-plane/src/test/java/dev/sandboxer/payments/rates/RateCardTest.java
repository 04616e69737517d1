package dev.sandboxer.payments.rates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.Gpu;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    void the_newest_card_in_effect_is_used() {
        var old = dated("2026-01-01");
        var current = dated("2026-06-01");
        var announced = dated("2027-01-01");
        assertThat(new RateCards("USD", List.of(announced, old, current)).find(CARD.extension(), NOW))
                .hasValue(current);
    }

    @Test
    void an_extension_without_prices_has_no_card() {
        assertThat(RateCardReader.builtIn().find(new ExtensionId("ext.unheard-of"), NOW))
                .isEmpty();
    }

    @Test
    void a_region_that_was_asked_for_multiplies_the_price_and_a_card_may_say_what_holds_for_all_others() {
        var card = new RateCard(
                "test-2",
                CARD.extension(),
                Instant.EPOCH,
                BigDecimal.ONE,
                BigDecimal.TEN,
                Map.of("T4", BigDecimal.TWO),
                Map.of("us", new BigDecimal("1.5"), "*", new BigDecimal("1.75")),
                BigDecimal.ONE);
        var gpu = new Gpu(1, "T4");

        assertThat(prices(card, gpu, null)).containsEntry(Meter.CPU, "1").containsEntry(Meter.GPU, "2");
        assertThat(prices(card, gpu, "us"))
                .containsEntry(Meter.CPU, "1.5")
                .containsEntry(Meter.MEMORY, "15")
                .containsEntry(Meter.GPU, "3")
                .as("a creation costs the same everywhere")
                .containsEntry(Meter.CREATION, "1");
        assertThat(prices(card, gpu, "us-west")).containsEntry(Meter.CPU, "1.75");
        assertThat(prices(CARD, null, "nowhere")).containsEntry(Meter.CPU, "0.00002");
    }

    @Test
    void modals_card_has_region_factors_and_a_price_for_every_gpu_type() {
        var card =
                RateCardReader.builtIn().find(new ExtensionId("ext.modal"), NOW).orElseThrow();

        assertThat(prices(card, null, null)).containsEntry(Meter.CPU, "0.00003942");
        assertThat(prices(card, null, "us")).containsEntry(Meter.CPU, "0.00005913");
        assertThat(prices(card, new Gpu(1, "T4"), "us-west"))
                .containsEntry(Meter.CPU, "0.000068985")
                .containsEntry(Meter.GPU, "0.000287");
        assertThat(card.gpuSecond().keySet())
                .containsExactlyInAnyOrder(
                        "T4",
                        "L4",
                        "A10",
                        "L40S",
                        "A100",
                        "A100-40GB",
                        "A100-80GB",
                        "RTX-PRO-6000",
                        "H100",
                        "H100!",
                        "H200",
                        "B200",
                        "B200+",
                        "B300");
    }

    /** Returns the prices as plain numbers. */
    private static Map<Meter, String> prices(RateCard card, @Nullable Gpu gpu, @Nullable String region) {
        return card.prices(gpu, region).orElseThrow().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        price -> price.getValue().stripTrailingZeros().toPlainString()));
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
