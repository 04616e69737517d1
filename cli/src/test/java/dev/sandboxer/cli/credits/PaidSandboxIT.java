package dev.sandboxer.cli.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The cost of sandboxes on the command line. A second costs a thousandth here, and a creation nothing. */
class PaidSandboxIT {
    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @BeforeEach
    void prices() throws IOException {
        rates("""
                rates:
                  test-1: {extension: ext.saas-stub, from: 2026-01-01, cpuSecond: 0.001, memoryGiBSecond: 0}
                """);
        cli.run("consumers", "add", "acme");
    }

    private void rates(String text) throws IOException {
        Files.writeString(cli.home().resolve("rates.yaml"), text);
    }

    private JsonNode json(String... arguments) {
        var result = cli.run(arguments);
        assertThat(result.status()).as(result.err()).isZero();
        return JsonMapper.shared().readTree(result.out());
    }

    @Test
    void an_estimate_says_what_it_costs_and_for_how_long_it_can_be_paid() {
        assertThat(cli.run("estimate", "saas-stub", "--consumer", "acme", "--ttl", "10m")
                        .out())
                .isEqualTo("""
                EXTENSION      PER HOUR  COST  HELD  BACKEND PAID BY  CAN PAY
                ext.saas-stub  3.6       0.6   -     platform         no

                ext.saas-stub: insufficient_credits, costs up to 0.6, and 0 pays for less than
                    1m

                Cost: of 10m, in USD.
                Available to acme: 0
                Chosen: none
                """);
        cli.run("credits", "grant", "acme", "0.300000002");
        assertThat(cli.run("estimate", "saas-stub", "--consumer", "acme", "--ttl", "10m")
                        .out())
                .contains(
                        "ext.saas-stub  3.6       0.6   0.3   platform         for 5m\n",
                        "Available to acme: 0.300000002\n",
                        "Chosen: ext.saas-stub\n");
        var view = json("estimate", "saas-stub", "--ttl", "10m", "--cpu", "2", "--json");
        assertThat(view.path("candidates").path(0).path("cost").decimalValue()).isEqualByComparingTo("1.2");
        assertThat(view.path("available").isNull()).isTrue();
        assertThat(cli.run("ls", "-q", "--all-consumers").out()).isEmpty();
    }

    @Test
    void a_sandbox_with_less_time_than_asked_for_prints_why_and_what_to_do() {
        cli.run("credits", "grant", "acme", "0.200000002");
        var made = cli.run("create", "-p", "saas-stub", "--consumer", "acme", "--ttl", "10m");
        assertThat(made.err())
                .isEqualTo("sandboxer: the sandbox gets 3m20s of the requested 10m: the credit of consumer acme"
                        + " pays for no more; grant some: sandboxer credits grant acme AMOUNT\n");

        var show = cli.run("show", made.line(), "--consumer", "acme").out();
        assertThat(show)
                .contains(
                        "but the credit ends earlier\n",
                        " for the rest of its time\n",
                        "prices     test-1\n",
                        "paid by    the platform, which bills acme\n")
                .containsPattern("cost       0\\.0[0-9]+\n");
        var charges = json("show", made.line(), "--consumer", "acme", "--json").path("charges");
        assertThat(charges.path("payer").asString()).isEqualTo("platform");
        assertThat(charges.path("wantedUntil").isString()).isTrue();

        cli.run("credits", "grant", "acme", "0.1");
        var extended = cli.run("extend", made.line(), "20m", "--consumer", "acme");
        assertThat(extended.err()).contains("of the requested 20m: the credit of consumer acme pays for no more");
        var refused = cli.run("extend", made.line(), "20m", "--consumer", "acme");
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err()).contains("sandboxer credits grant acme AMOUNT [insufficient_credits]");
        assertThat(cli.run("destroy", made.line(), "--consumer", "acme").status())
                .isZero();
        assertThat(json("show", made.line(), "--consumer", "acme", "--json")
                        .path("charges")
                        .path("held")
                        .decimalValue())
                .isEqualByComparingTo("0");
    }

    @Test
    void json_and_a_full_lifetime_print_no_remarks() {
        cli.run("credits", "grant", "acme", "0.2");
        var made = cli.run("create", "-p", "saas-stub", "--consumer", "acme", "--ttl", "10m", "--json");
        assertThat(made.err()).isEmpty();
        assertThat(cli.run("run", "-p", "saas-stub", "--", "true").err()).isEmpty();
        assertThat(cli.run("destroy", "--all", "--consumer", "acme").status()).isZero();
    }

    @Test
    void without_credit_no_sandbox_is_created() {
        var refused = cli.run("run", "-p", "saas-stub", "--consumer", "acme", "--", "true");
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err())
                .contains("costs up to 0.3, and 0 pays for less than 1m; grant credits: sandboxer credits grant acme"
                        + " AMOUNT [insufficient_credits]");
        assertThat(cli.run("ls", "-a", "-q", "--consumer", "acme").out()).isEmpty();
    }

    @Test
    void a_sandbox_may_have_a_limit_of_its_own() {
        var refused = cli.run("run", "-p", "saas-stub", "--max-cost", "0.01", "--", "true");
        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err())
                .contains("let it cost more than 0.01, or grant credits: sandboxer credits grant local AMOUNT");

        var shorter = cli.run("run", "-p", "saas-stub", "--max-cost", "0.100000002", "--", "true");
        assertThat(shorter.status()).isZero();
        assertThat(shorter.err())
                .contains("the sandbox gets 1m40s of the requested 5m: its limit of 0.100000002, or the credit of"
                        + " consumer local, pays for no more");
        assertThat(cli.run("run", "--max-cost", "0", "--", "true").err())
                .as("what is free")
                .isEmpty();
        assertThat(cli.run("run", "--max-cost=-1", "--", "true").err()).contains("\"-1\" is below zero");
    }

    @Test
    void a_free_sandbox_is_shown_as_free() {
        var id = cli.create();
        assertThat(cli.run("show", id).out()).contains("cost       free\n").doesNotContain("paid by", "held");
        assertThat(json("show", id, "--json").path("charges").path("cost").decimalValue())
                .isEqualByComparingTo("0");
    }

    @Test
    void wrong_price_lists_are_reported_all_at_once() throws IOException {
        assertThat(cli.run("config", "check").out()).contains("rates.yaml is fine");
        rates("currency: dollars\nmarkup: 20\n");
        var check = cli.run("config", "check");
        assertThat(check.status()).isEqualTo(125);
        assertThat(check.out())
                .contains(
                        "rates.yaml:1:11 currency: \"dollars\" is not a currency of ISO 4217 (example: USD)",
                        "rates.yaml:2:9 markup: \"20\" is not a percentage (example: 12.5%)");
        assertThat(check.err()).contains("2 problems in ", "rates.yaml");
        assertThat(cli.run("create", "-p", "saas-stub").err()).contains("[invalid_config]");
    }
}
