package dev.sandboxer.payments.rates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionId;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateCardReaderTest {
    private static final ExtensionId E2B = new ExtensionId("ext.e2b");
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    @TempDir
    private Path home;

    @Test
    void without_a_file_the_built_in_cards_hold() {
        assertThat(RateCardReader.read(home.resolve("rates.yaml"))).isEqualTo(RateCardReader.builtIn());
        assertThat(new RateFile(home).hasOperatorPrices()).isFalse();
    }

    @Test
    void an_own_card_takes_precedence_over_the_built_in_one_once_it_is_in_effect() throws IOException {
        var cards = read("""
                rates:
                  e2b-contract:
                    extension: ext.e2b
                    from: 2026-10-01
                    cpuSecond: 0.00001
                    memoryGiBSecond: 0.000004
                """);
        assertThat(cards.currency()).isEqualTo("USD");
        assertThat(cards.find(E2B, NOW))
                .hasValueSatisfying(card -> assertThat(card.version()).isEqualTo("e2b-contract"));
        assertThat(cards.find(E2B, Instant.parse("2026-09-01T00:00:00Z")))
                .hasValueSatisfying(card -> assertThat(card.version()).isEqualTo("e2b-2026-04"));
    }

    @Test
    void a_consumer_has_the_default_rules_where_it_has_none_of_its_own() throws IOException {
        var cards = read("""
                markup: 20%
                platformFee: 5%
                consumers:
                  acme:
                    markup: 7.5%
                """);
        assertThat(cards.defaults()).isEqualTo(new PriceRules(new BigDecimal("0.20"), new BigDecimal("0.05")));
        assertThat(cards.consumers().get("acme"))
                .isEqualTo(new PriceRules(new BigDecimal("0.075"), new BigDecimal("0.05")));
    }

    @Test
    void bytes_have_a_price_where_a_card_says_so_and_none_otherwise() throws IOException {
        var cards = read("""
                rates:
                  mine:
                    extension: ext.e2b
                    from: 2026-10-01
                    cpuSecond: 0
                    memoryGiBSecond: 0
                    networkOutGiB: 0.08
                """);
        assertThat(cards.find(E2B, NOW))
                .hasValueSatisfying(card -> assertThat(card.network())
                        .isEqualTo(new RateCard.Network(BigDecimal.ZERO, new BigDecimal("0.08"))));
        assertThat(RateCardReader.builtIn().find(E2B, NOW))
                .hasValueSatisfying(card -> assertThat(card.network()).isEqualTo(RateCard.Network.FREE));
    }

    @Test
    void built_in_prices_are_none_in_another_currency() throws IOException {
        assertThat(read("currency: EUR\n").find(E2B, NOW)).isEmpty();
    }

    @Test
    void mistakes_are_reported_with_their_lines() {
        assertThatThrownBy(() -> read("""
                markup: a lot
                rates:
                  e2b-2026-04:
                    extension: ext.e2b
                    from: 2026-10-01
                    cpuSecond: 1
                    memoryGiBSecond: 1
                """))
                .hasMessageContaining("rates.yaml:1")
                .hasMessageContaining("is not a percentage (example: 12.5%)")
                .hasMessageContaining("is the name of a built-in card");
    }

    @Test
    void a_check_reports_all_mistakes_and_does_not_fail() throws IOException {
        assertThat(RateCardReader.check(home.resolve("rates.yaml")))
                .as("no file")
                .isEmpty();
        read("markup: 20%\n");
        assertThat(RateCardReader.check(home.resolve("rates.yaml"))).isEmpty();
        Files.writeString(home.resolve("rates.yaml"), "currency: dollars\ngrace: 2h\nsheep: 1\n");
        assertThat(RateCardReader.check(home.resolve("rates.yaml"))).hasSize(3);
    }

    private RateCards read(String text) throws IOException {
        var file = home.resolve("rates.yaml");
        Files.writeString(file, text);
        return RateCardReader.read(file);
    }
}
