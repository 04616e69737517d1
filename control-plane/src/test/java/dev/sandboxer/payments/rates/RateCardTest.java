package dev.sandboxer.payments.rates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RateCardTest {
    private static final ExtensionId E2B = new ExtensionId("ext.e2b");
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    private static final RateCard CARD = new RateCard(
            "test-1",
            new ExtensionId("ext.test"),
            Instant.EPOCH,
            new BigDecimal("0.00002"),
            new BigDecimal("0.000005"),
            Map.of("T4", new BigDecimal("0.000164"), "H100", new BigDecimal("0.001097")),
            Map.of("us", new BigDecimal("1.5")),
            new BigDecimal("0.001"));

    @Test
    void e2bs_own_example_costs_what_e2b_says() {
        var card = RateCardReader.builtIn().find(E2B, NOW).orElseThrow();
        assertThat(card.perHour(new SandboxSize(8000, 4096, 1024), null)).hasValue(money("0.468"));
    }

    @Test
    void the_worst_case_is_the_whole_time_and_the_creation() {
        var size = new SandboxSize(500, 512, 1024);
        assertThat(CARD.worstCase(size, null, Duration.ofSeconds(100))).hasValue(money("0.00225"));
        assertThat(CARD.perHour(size, null)).hasValue(money("0.045"));
    }

    @Test
    void of_several_acceptable_gpus_the_dearest_is_reckoned_with() {
        var size = new SandboxSize(1000, 1024, 1024, new Gpu(2, List.of("T4", "H100")));
        assertThat(CARD.perHour(size, null)).hasValue(money("7.9884"));
    }

    @Test
    void a_gpu_without_a_price_makes_the_whole_price_unknown() {
        var size = new SandboxSize(1000, 1024, 1024, new Gpu(1, List.of("T4", "B300")));
        assertThat(CARD.perHour(size, null)).isEmpty();
        assertThat(CARD.worstCase(size, null, Duration.ofHours(1))).isEmpty();
    }

    @Test
    void a_region_multiplies_the_price() {
        var size = new SandboxSize(1000, 1024, 1024);
        assertThat(CARD.perHour(size, "us")).hasValue(money("0.135"));
        assertThat(CARD.perHour(size, "eu")).hasValue(money("0.09"));
    }

    @Test
    void a_part_of_a_nano_unit_is_rounded_up() {
        assertThat(CARD.worstCase(new SandboxSize(1, 1, 1), null, Duration.ofMillis(1)))
                .hasValue(money("0.001000001"));
    }

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

    private static Money money(String amount) {
        return Money.atLeast(new BigDecimal(amount));
    }
}
