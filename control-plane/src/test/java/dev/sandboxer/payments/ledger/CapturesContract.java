package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import dev.sandboxer.testing.Concurrently;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract of captures, for every database. */
abstract class CapturesContract extends LedgerContract {
    private static final Instant LATER = NOON.plus(Duration.ofHours(1));

    @Test
    void a_capture_is_taken_from_the_hold_of_its_sandbox() {
        grant("g", "10");
        hold("h", "s", "4");

        capture(used("c1", "s", "1"));
        capture(used("c2", "s", "2"));

        assertCredits("6", "1", "3", "0");
        assertThat(ledger.hold("s").orElseThrow().remaining()).isEqualTo(money("1"));
        assertThat(ledger.hold("s").orElseThrow().captured()).isEqualTo(money("3"));
        assertThat(release("r", "s")).isEqualTo(money("1"));
        assertCredits("7", "0", "3", "0");
    }

    @Test
    void a_capture_beyond_the_hold_is_taken_from_other_credits_and_then_on_credit() {
        grant("g", "5");
        hold("h", "s", "4");

        var prepaid = capture(used("c", "s", "7"));

        assertThat(prepaid).containsEntry("c", money("5"));
        assertCredits("-2", "0", "7", "0");
        assertThat(balance().available()).isEqualTo(money("-2"));
        assertThat(ledger.hold("s").orElseThrow().captured()).isEqualTo(money("7"));
        assertThat(ledger.transactions(ACME, 10).stream()
                        .filter(it -> it.id().equals("c"))
                        .findFirst()
                        .orElseThrow()
                        .entries())
                .containsExactly(
                        new Entry("held", "consumed", money("4")),
                        new Entry("grant:g", "consumed", money("1")),
                        new Entry("credit", "consumed", money("2")));
    }

    @Test
    void a_capture_never_takes_from_the_hold_of_another_sandbox() {
        grant("g", "5");
        hold("h", "s", "5");

        capture(used("c", "t", "2"));

        assertCredits("-2", "5", "2", "0");
        assertThat(ledger.hold("s").orElseThrow().remaining()).isEqualTo(money("5"));
    }

    @Test
    void a_capture_after_the_release_is_taken_beyond_the_hold() {
        grant("g", "5");
        hold("h", "s", "2");
        release("r", "s");

        capture(used("c", "s", "1"));

        assertCredits("4", "0", "1", "0");
        assertThat(ledger.hold("s").orElseThrow().captured()).isEqualTo(money("1"));
        assertThat(ledger.openHolds(null)).isEmpty();
    }

    @Test
    void one_batch_captures_for_several_sandboxes_and_consumers() {
        grant("g", "10");
        ledger.grant(new Grant.Request("b", "beta", Grant.Kind.FREE, money("1"), 0, null, ""));
        hold("h1", "s", "2");
        hold("h2", "t", "2");

        var prepaid = capture(
                used("c1", "s", "1.5"),
                new Capture("c2", "beta", "b", money("3"), NOON),
                used("c3", "t", "1"),
                used("c4", "s", "1.5"));

        assertThat(prepaid)
                .hasSize(4)
                .containsEntry("c1", money("1.5"))
                .containsEntry("c2", money("1"))
                .containsEntry("c3", money("1"))
                .containsEntry("c4", money("1.5"));
        assertCredits("5", "1", "4", "0");
        assertThat(ledger.balance("beta").balance()).isEqualTo(money("-2"));
        assertThat(ledger.hold("s").orElseThrow().captured()).isEqualTo(money("3"));
    }

    @Test
    void captures_of_several_days_count_for_their_days() {
        grant("g", "10");
        ledger.changeTerms(ACME, terms -> terms.withBudget(Budget.parse("5/day")));

        capture(
                new Capture("c1", ACME, "s", money("1"), Instant.parse("2026-11-14T23:59:59.999Z")),
                new Capture("c2", ACME, "s", money("2"), Instant.parse("2026-11-15T00:00:00Z")));

        assertThat(balance().spentInPeriod()).isEqualTo(money("2"));
    }

    @Test
    void a_capture_of_nothing_leaves_no_trace() {
        assertThat(capture(used("c", "s", "0"))).containsEntry("c", money("0"));

        assertThat(ledger.consumers()).isEmpty();
    }

    @Test
    void a_capture_is_never_negative() {
        assertThatThrownBy(() -> used("c", "s", "-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("negative");
    }

    @Test
    void captures_of_a_hold_on_credit_are_not_prepaid() {
        ledger.changeTerms(ACME, terms -> terms.withLimit(money("5")));
        grant("g", "2");
        hold("h", "s", "5");

        assertThat(capture(used("c1", "s", "1"))).containsEntry("c1", money("1"));
        assertThat(capture(used("c2", "s", "3"))).containsEntry("c2", money("1"));
        assertThat(capture(used("c3", "s", "1"))).containsEntry("c3", money("0"));
    }

    @Test
    void captures_of_a_hold_on_credit_are_prepaid_once_a_grant_has_paid_the_hold() {
        ledger.changeTerms(ACME, terms -> terms.withLimit(money("5")));
        hold("h", "s", "5");
        grant("g", "3");

        assertThat(capture(used("c", "s", "5"))).containsEntry("c", money("3"));

        assertCredits("-2", "0", "5", "0");
    }

    @Test
    void a_correction_also_pays_for_holds_on_credit() {
        ledger.changeTerms(ACME, terms -> terms.withLimit(money("9")));
        capture(used("c", "t", "3"));
        hold("h", "s", "2");
        correct("k1", "t", "3");
        correct("k2", null, "-1");
        assertCredits("-3", "2", "1", "0");

        grant("g", "3");
        release("r", "s");

        assertCredits("2", "0", "1", "0");
    }

    @Test
    void concurrent_batches_in_any_order_do_not_deadlock() throws Exception {
        Concurrently.run(6, i -> {
            for (int n = 0; n < 5; n++) {
                var batch = new ArrayList<Capture>();
                for (int c = 0; c < 6; c++) {
                    batch.add(new Capture("c" + i + "-" + n + "-" + c, "team" + c, "s" + c, money("1"), NOON));
                }
                Collections.rotate(batch, i);
                capture(batch.toArray(Capture[]::new));
            }
            return i;
        });

        for (int c = 0; c < 6; c++) {
            assertThat(ledger.balance("team" + c).consumed()).isEqualTo(money("30"));
        }
    }

    @Test
    void the_same_commands_from_several_servers_at_once_do_not_deadlock() throws Exception {
        grant("g", "100");

        Concurrently.run(6, i -> {
            for (int n = 0; n < 10; n++) {
                var id = "-" + n;
                database.write(handle -> {
                    ledger.capture(handle, List.of(used("c" + id, "s", "1")));
                    ledger.hold(handle, "h" + id, ACME, "s", money("2"), LATER);
                });
                hold("h" + id, "s", "2");
            }
            return i;
        });

        assertCredits("88", "2", "10", "0");
    }
}
