package dev.sandboxer.payments.rates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TariffTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final SandboxSize SIZE = new SandboxSize(500, 512, 1024);
    private static final RateCard CARD = RateCardTest.CARD;

    @Test
    void e2bs_own_example_costs_what_e2b_says() {
        var tariff = RateCardReader.builtIn()
                .tariff(new ExtensionId("ext.e2b"), Payer.PLATFORM, new SandboxSize(8000, 4096, 1024), null, "me", NOW);
        assertThat(tariff.worstCase(new SandboxSize(8000, 4096, 1024), Duration.ofHours(1)))
                .hasValue(money("0.468"));
    }

    @Test
    void the_worst_case_is_the_whole_time_and_the_creation() {
        assertThat(tariff(Payer.PLATFORM, SIZE, null, "me").worstCase(SIZE, Duration.ofSeconds(100)))
                .hasValue(money("0.00225"));
    }

    @Test
    void the_most_expensive_of_several_acceptable_gpus_sets_the_price() {
        var size = new SandboxSize(1000, 1024, 1024, new Gpu(2, List.of("T4", "H100")));
        assertThat(tariff(Payer.PLATFORM, size, null, "me").billed(Meter.GPU, size, 3_600_000))
                .hasValue(money("7.8984"));
    }

    @Test
    void a_gpu_without_a_price_makes_the_whole_price_unknown() {
        var size = new SandboxSize(1000, 1024, 1024, new Gpu(1, List.of("T4", "B300")));
        var tariff = tariff(Payer.PLATFORM, size, null, "me");
        assertThat(tariff).isEqualTo(Tariff.unknown(Payer.PLATFORM));
        assertThat(tariff.worstCase(size, Duration.ofHours(1))).isEmpty();
        assertThat(tariff.billed(Meter.CPU, size, 1000)).isEmpty();
        assertThat(tariff.isFree()).isFalse();
    }

    @Test
    void a_region_multiplies_the_prices() {
        assertThat(tariff(Payer.PLATFORM, SIZE, "us", "me").billed(Meter.CPU, SIZE, 2000))
                .hasValue(money("0.00003"));
        assertThat(tariff(Payer.PLATFORM, SIZE, "eu", "me").billed(Meter.CPU, SIZE, 2000))
                .hasValue(money("0.00002"));
    }

    @Test
    void holds_are_rounded_up_and_bills_to_the_nearest_nano_unit() {
        var size = new SandboxSize(1, 1, 1);
        var tariff = tariff(Payer.PLATFORM, size, null, "me");
        assertThat(tariff.worstCase(size, Duration.ofMillis(1))).hasValue(money("0.001000002"));
        assertThat(tariff.billed(Meter.CPU, size, 1)).hasValue(Money.ZERO);
    }

    @Test
    void a_consumer_pays_its_own_mark_up_or_the_usual_one() {
        var usual = tariff(Payer.PLATFORM, SIZE, null, "me").prices().get(Meter.CPU);
        assertThat(usual).isEqualTo(new UnitPrice(new BigDecimal("0.00002"), new BigDecimal("0.00002")));
        var marked = tariff(Payer.PLATFORM, SIZE, null, "acme").prices().get(Meter.CPU);
        assertThat(marked).isEqualTo(new UnitPrice(new BigDecimal("0.00002"), new BigDecimal("0.000025")));
    }

    @Test
    void with_its_own_credential_a_consumer_pays_us_the_platform_fee_alone() {
        var without = tariff(Payer.OWNER, SIZE, null, "me");
        assertThat(without.isFree()).isTrue();
        assertThat(without.worstCase(SIZE, Duration.ofHours(1))).hasValue(Money.ZERO);
        assertThat(without.worstCaseListed(SIZE, Duration.ofHours(1))).hasValue(money("0.046"));
        var fee = tariff(Payer.OWNER, SIZE, null, "acme");
        assertThat(fee.isFree()).isFalse();
        assertThat(fee.worstCase(SIZE, Duration.ofHours(1))).hasValue(money("0.0045"));
        assertThat(fee.worstCaseListed(SIZE, Duration.ofHours(1)))
                .as("the fee is ours, not the backend's")
                .hasValue(money("0.046"));
        assertThat(Tariff.unknown(Payer.OWNER).isFree()).isTrue();
    }

    @Test
    void an_extension_that_costs_us_nothing_is_free_unless_the_operator_has_priced_it() {
        assertThat(new RateCards("USD", List.of()).tariff(CARD.extension(), Payer.NOBODY, SIZE, null, "me", NOW))
                .isEqualTo(Tariff.free());
        assertThat(tariff(Payer.NOBODY, SIZE, null, "me").isFree()).isFalse();
    }

    @Test
    void bytes_cost_their_exact_share_of_a_gib_and_are_in_no_worst_case() {
        var tariff = onlyNetwork("0.5", "2", Payer.PLATFORM);
        var use = new MeteredUsage(1000, new NetworkBytes(1 << 29, 1L << 32));
        assertThat(tariff.billed(Meter.NETWORK_IN, SIZE, use)).hasValue(money("0.25"));
        assertThat(tariff.billed(Meter.NETWORK_OUT, SIZE, use)).hasValue(money("8"));
        assertThat(Meter.NETWORK_IN.quantity(SIZE, new MeteredUsage(0, new NetworkBytes(1, 0))))
                .isEqualByComparingTo(BigDecimal.ONE.divide(new BigDecimal(1 << 30)));
        assertThat(tariff.worstCase(SIZE, Duration.ofHours(1))).hasValue(Money.ZERO);
        assertThat(tariff.isFree()).as("though its time costs nothing").isFalse();
        assertThat(tariff.chargesNetwork()).isTrue();
        assertThat(Tariff.ofRow(tariff.toRow())).isEqualTo(tariff);
    }

    @Test
    void a_consumer_that_pays_the_backend_pays_no_fee_for_bytes() {
        var tariff = onlyNetwork("0.5", "2", Payer.OWNER);
        assertThat(tariff.chargesNetwork()).isFalse();
        assertThat(tariff.isFree()).isTrue();
        assertThat(tariff.prices()).doesNotContainKey(Meter.PLATFORM_FEE);
    }

    @Test
    void bytes_without_a_price_are_free() {
        var tariff = tariff(Payer.PLATFORM, SIZE, null, "me");
        assertThat(tariff.prices()).doesNotContainKeys(Meter.NETWORK_IN, Meter.NETWORK_OUT);
        assertThat(tariff.billed(Meter.NETWORK_OUT, SIZE, new MeteredUsage(0, new NetworkBytes(1L << 40, 1L << 40))))
                .hasValue(Money.ZERO);
        assertThat(tariff.chargesNetwork()).isFalse();
    }

    private static Tariff onlyNetwork(String in, String out, Payer payer) {
        var network = new RateCard.Network(new BigDecimal(in), new BigDecimal(out));
        var zero = BigDecimal.ZERO;
        var card = new RateCard("n", CARD.extension(), NOW, zero, zero, Map.of(), Map.of(), zero, network);
        var rules = new PriceRules(zero, new BigDecimal("0.1"));
        return new RateCards("USD", List.of(), List.of(card), rules, Map.of(), Duration.ZERO)
                .tariff(CARD.extension(), payer, SIZE, null, "me", NOW);
    }

    @Test
    void a_row_holds_the_whole_tariff() {
        for (Tariff tariff : List.of(
                Tariff.free(),
                Tariff.unknown(Payer.PLATFORM),
                tariff(Payer.OWNER, SIZE, "us", "acme"),
                tariff(Payer.PLATFORM, new SandboxSize(1, 1, 1, new Gpu(1, "T4")), null, "acme"))) {
            assertThat(Tariff.ofRow(tariff.toRow())).isEqualTo(tariff);
        }
    }

    private static Tariff tariff(Payer payer, SandboxSize size, @Nullable String region, String consumer) {
        var rules = new PriceRules(new BigDecimal("0.25"), new BigDecimal("0.1"));
        return new RateCards("USD", List.of(), List.of(CARD), PriceRules.NONE, Map.of("acme", rules), Duration.ZERO)
                .tariff(CARD.extension(), payer, size, region, consumer, NOW);
    }

    private static Money money(String amount) {
        return Money.parse(amount);
    }
}
