package dev.sandboxer.cli.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.Commands.Result;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands of {@code credits} and their output. */
class CreditsIT {
    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @BeforeEach
    void add_a_consumer() {
        assertThat(cli.run("consumers", "add", "acme").status()).isZero();
    }

    private Result credits(String... arguments) {
        var all = new String[arguments.length + 1];
        all[0] = "credits";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return cli.run(all);
    }

    private String said(String... arguments) {
        var result = credits(arguments);
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                .noneMatch(line -> line.endsWith(" "));
        return result.out();
    }

    private JsonNode json(String... arguments) {
        var result = credits(arguments);
        assertThat(result.status()).as(result.err()).isZero();
        return JsonMapper.shared().readTree(result.out());
    }

    private void refused(int status, String why, String... arguments) {
        var result = credits(arguments);
        assertThat(result.status()).as(result.err()).isEqualTo(status);
        assertThat(result.err()).contains(why).doesNotContain("Exception");
    }

    @Test
    void a_grant_prints_its_amount_and_the_new_balance() {
        assertThat(said("grant", "acme", "12.5", "--id", "may", "--note", "May"))
                .isEqualTo("granted 12.5 to acme, id may\nbalance 12.5\n");
        assertThat(credits("grant", "acme", "0.000000001").out()).contains("\nbalance 12.500000001\n");
        assertThat(said("balance", "acme")).isEqualTo("""
                consumer   acme
                available  12.500000001
                balance    12.500000001
                held       0
                consumed   0
                granted    12.500000001
                limit      0 (prepaid)
                warn below never
                budget     none
                """);
    }

    @Test
    void the_same_grant_again_gives_nothing_more_and_another_with_its_id_is_refused() {
        said("grant", "acme", "5", "--id", "may");
        assertThat(said("grant", "acme", "5", "--id", "may"))
                .isEqualTo("granted before: 5 to acme, id may\nbalance 5\n");
        refused(125, "use another id [conflict]", "grant", "acme", "6", "--id", "may");
    }

    @Test
    void a_grant_notes_that_a_consumer_without_a_limit_is_not_stopped() {
        var result = credits("grant", "local", "5");
        assertThat(result.out()).contains("balance 5\n");
        assertThat(result.err()).contains("it can spend more than this", "sandboxer credits set local --limit 0");
        said("set", "local", "--limit", "0");
        assertThat(credits("grant", "local", "5").err()).isEmpty();
    }

    @Test
    void grants_are_listed_in_the_order_of_their_use() {
        said("grant", "acme", "1", "--id", "late");
        said("grant", "acme", "2", "--id", "gift", "--free", "--expires", "2096-01-31", "--note", "a ".repeat(60));
        said("grant", "acme", "3", "--id", "first", "--priority=-1", "--expires", "90d");
        assertThat(said("grants", "acme").lines().toList())
                .hasSize(4)
                .satisfies(lines -> assertThat(lines.get(1)).startsWith("first  paid  3       3     -1"))
                .satisfies(lines -> assertThat(lines.get(2)).contains("gift   free  2", "2096-01-31  a a ", "..."))
                .satisfies(lines -> assertThat(lines.get(3)).contains("late   paid  1", "never"));
        var gift = json("grants", "acme", "--json").path(1);
        assertThat(gift.path("expiresAt").asString()).isEqualTo("2096-01-31T00:00:00Z");
        assertThat(gift.path("note").asString()).hasSize(120);
        assertThat(gift.path("amount").decimalValue()).isEqualByComparingTo("2");
    }

    @Test
    void terms_are_changed_one_by_one_and_lifted_with_none() {
        assertThat(said("set", "acme", "--limit", "10", "--warn-below", "2", "--budget", "5/day"))
                .isEqualTo("limit      10 below zero\nwarn below 2\nbudget     5/day, 0 spent this day\n");
        assertThat(said("balance", "acme")).contains("available  5\n", "balance    0\n");
        assertThat(said("set", "acme", "--budget", "none"))
                .isEqualTo("limit      10 below zero\nwarn below 2\nbudget     none\n");
        said("set", "acme", "--limit", "none", "--warn-below", "none");
        assertThat(said("balance", "acme")).contains("available  no limit\n", "limit      no limit\n");
        assertThat(json("balance", "acme", "--json").path("limit").isNull()).isTrue();
    }

    @Test
    void all_consumers_are_in_one_table() {
        said("grant", "acme", "123456789.123456789");
        assertThat(said("balance")).isEqualTo("""
                CONSUMER  AVAILABLE            BALANCE              HELD  CONSUMED  BUDGET
                acme      123456789.123456789  123456789.123456789  0     0         -
                local     no limit             0                    0     0         -
                """);
        assertThat(json("balance", "--json").path(0).path("currency").asString())
                .isEqualTo("USD");
    }

    @Test
    void what_a_sandbox_holds_and_costs_is_in_the_ledger() {
        said("grant", "acme", "1");
        var id = cli.create("-p", "saas-stub", "--consumer", "acme");
        assertThat(said("holds")).contains(id, "acme");
        assertThat(said("holds", "--consumer", "local")).doesNotContain(id);
        var hold = json("holds", "--json").path(0);
        assertThat(hold.path("sandbox").asString()).isEqualTo(id);
        assertThat(hold.path("held").decimalValue())
                .isBetween(new java.math.BigDecimal("0.007"), new java.math.BigDecimal("0.00775"));

        assertThat(cli.run("destroy", id, "--consumer", "acme").status()).isZero();

        assertThat(said("holds").lines()).hasSize(1);
        assertThat(said("ledger", "acme")
                        .lines()
                        .map(line -> line.split(" +")[2])
                        .toList()
                        .subList(1, 3))
                .containsExactly("release", "capture");
        assertThat(said("ledger", "acme", "--most", "1").lines()).hasSize(2);
        var capture = json("ledger", "acme", "--json").path(1);
        assertThat(capture.path("sandbox").asString()).isEqualTo(id);
        assertThat(capture.path("entries").path(0).path("debit").asString()).isEqualTo("held");
        assertThat(capture.path("entries").path(0).path("credit").asString()).isEqualTo("consumed");
    }

    @Test
    void a_hold_is_released_by_hand_with_a_reason() {
        said("grant", "acme", "1");
        var id = cli.create("-p", "saas-stub", "--consumer", "acme");
        refused(2, "--note", "release", id);
        var released = credits("release", id, "--note", "stuck since Monday");
        assertThat(released.out()).contains("to acme; balance 1\n");
        assertThat(released.err()).contains("still runs", "sandboxer destroy " + id);
        assertThat(said("ledger", "acme")).contains("stuck since");
        refused(125, "list open holds with: sandboxer credits holds [unknown_sandbox]", "release", id, "--note", "x");
        assertThat(cli.run("destroy", id, "--consumer", "acme").status()).isZero();
    }

    @Test
    void corrections_go_both_ways_and_say_why() {
        said("grant", "acme", "1");
        assertThat(said("correct", "acme", "-0.25", "--note", "an hour was missing", "--id", "c1"))
                .isEqualTo("took 0.25 from acme, id c1; balance 0.75\n");
        assertThat(said("correct", "acme", "0.25", "--note", "it was not", "--id", "c2"))
                .isEqualTo("gave 0.25 back to acme, id c2; balance 1\n");
        refused(125, "unknown", "correct", "acme", "1", "--note", "x", "--sandbox", "nothere");
        refused(2, "--note", "correct", "acme", "1");
    }

    @Test
    void invalid_input_is_refused_in_plain_words() {
        refused(2, "\"much\" is not an amount (example: 12.50)", "grant", "acme", "much");
        refused(2, "\"1e3\" is not an amount", "grant", "acme", "1e3");
        refused(125, "a grant must be above zero [invalid_argument]", "grant", "acme", "0");
        refused(
                2,
                "\"2027-02-30\" is not a day (examples: 90d, 2027-01-31)",
                "grant",
                "acme",
                "1",
                "--expires",
                "2027-02-30");
        refused(125, "would have expired already", "grant", "acme", "1", "--expires", "2020-01-01");
        refused(2, "an id has 1 to 100 letters", "grant", "acme", "1", "--id", "");
        refused(2, "\"x\" is not a whole number", "grant", "acme", "1", "--priority", "x");
        refused(2, "\"5/week\" is not a budget (examples: 5/day, 100/month)", "set", "acme", "--budget", "5/week");
        refused(2, "\"-5\" is below zero", "set", "acme", "--limit=-5");
        refused(2, "nothing to set; name a term, such as --limit 0", "set", "acme");
        for (var command : List.of("grants", "ledger", "balance")) {
            refused(125, "did you mean acme?", command, "acne");
        }
        refused(125, "did you mean acme?", "holds", "--consumer", "acne");
        refused(125, "did you mean acme?", "grant", "acne", "1");
        refused(125, "did you mean acme?", "set", "acne", "--limit", "1");
        assertThat(json("balance", "acme", "--json").path("granted").decimalValue())
                .isEqualByComparingTo("0");
    }
}
