package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import dev.sandboxer.testing.Concurrently;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract of holds, for every database. */
abstract class HoldsContract extends LedgerContract {
    private static final Instant LATER = NOON.plus(Duration.ofHours(1));

    @Test
    void a_hold_sets_credits_aside_until_they_are_released() {
        grant("g", "10");

        hold("h", "s", "4");

        assertCredits("6", "4", "0", "0");
        assertThat(ledger.hold("s")).contains(new Hold("s", ACME, money("4"), money("0"), NOON, LATER, null));
        assertThat(ledger.openHolds(ACME)).extracting(Hold::sandbox).containsExactly("s");
        assertThat(ledger.openHolds(null)).hasSize(1);
        assertThat(ledger.openHolds("other")).isEmpty();

        clock.advance(Duration.ofMinutes(1));
        assertThat(release("r", "s")).isEqualTo(money("4"));

        assertCredits("10", "0", "0", "0");
        assertThat(ledger.hold("s"))
                .contains(new Hold("s", ACME, money("0"), money("0"), NOON, LATER, clock.instant()));
        assertThat(ledger.openHolds(null)).isEmpty();
        assertThat(release("r2", "s")).isEqualTo(money("0"));
    }

    @Test
    void a_hold_can_be_raised_and_lowered() {
        grant("g", "10");
        hold("h1", "s", "4");

        holdUntil("h2", "s", "7", LATER.plusSeconds(1));
        assertCredits("3", "7", "0", "0");
        assertThat(ledger.hold("s").orElseThrow().expiresAt()).isEqualTo(LATER.plusSeconds(1));

        hold("h3", "s", "2");
        assertCredits("8", "2", "0", "0");

        hold("h4", "s", "0");
        assertCredits("10", "0", "0", "0");
        assertThat(ledger.hold("s").orElseThrow().closedAt()).as("still open").isNull();
    }

    @Test
    void a_hold_takes_from_grants_in_their_order_and_gives_back_in_the_opposite_order() {
        grantUntil("soon", "2", NOON.plus(Duration.ofDays(1)));
        grant("forever", "5");

        hold("h1", "s", "3");
        assertThat(List.of(left("soon"), left("forever"))).containsExactly(money("0"), money("4"));

        hold("h2", "s", "1.5");
        assertThat(List.of(left("soon"), left("forever"))).containsExactly(money("0.5"), money("5"));
        assertThat(ledger.transactions(ACME, 10).stream()
                        .filter(it -> it.id().equals("h2"))
                        .findFirst()
                        .orElseThrow()
                        .entries())
                .containsExactlyInAnyOrder(
                        new Entry("held", "grant:soon", money("0.5")), new Entry("held", "grant:forever", money("1")));
    }

    @Test
    void a_hold_beyond_the_balance_is_refused_and_nothing_is_written() {
        grant("g", "10");
        hold("h1", "other", "4");
        var before = rows();

        assertFails(ErrorCode.INSUFFICIENT_CREDITS, "6 available and needs 7", () -> hold("h2", "s", "7"));
        database.write(handle -> assertFails(
                ErrorCode.INSUFFICIENT_CREDITS,
                "credits grant acme",
                () -> ledger.hold(handle, "h2", ACME, "s", money("7"), LATER)));

        assertThat(rows()).isEqualTo(before);
        hold("h2", "s", "6");
        assertCredits("0", "10", "0", "0");
        assertFails(ErrorCode.INSUFFICIENT_CREDITS, "0 available", () -> hold("h3", "s", "6.000000001"));
        hold("h4", "s", "1");
    }

    @Test
    void a_consumer_with_an_overdraft_gets_no_hold_but_may_reduce_one() {
        grant("g", "5");
        hold("h1", "s", "5");
        capture(used("c", "other", "3"));
        assertCredits("-3", "5", "3", "0");

        assertFails(ErrorCode.INSUFFICIENT_CREDITS, "has 0 available", () -> hold("h2", "s", "5.1"));
        hold("h3", "s", "4");

        assertCredits("-2", "4", "3", "0");
    }

    @Test
    void a_credit_limit_allows_a_negative_balance_down_to_the_limit() {
        grant("g", "1");
        ledger.changeTerms(ACME, terms -> terms.withLimit(money("2")));

        hold("h1", "s", "3");
        assertCredits("-2", "3", "0", "0");
        assertFails(ErrorCode.INSUFFICIENT_CREDITS, "0 available", () -> hold("h2", "t", "0.1"));

        release("r", "s");
        assertCredits("1", "0", "0", "0");
        assertThat(left("g")).isEqualTo(money("1"));
    }

    @Test
    void lowering_a_limit_leaves_holds_as_they_are() {
        ledger.changeTerms(ACME, terms -> terms.withLimit(money("5")));
        hold("h1", "s", "5");

        ledger.changeTerms(ACME, terms -> terms.withLimit(money("0")));

        assertCredits("-5", "5", "0", "0");
        assertThat(balance().available()).isEqualTo(money("-5"));
        assertFails(ErrorCode.INSUFFICIENT_CREDITS, "has 0 available", () -> hold("h2", "t", "0.1"));
    }

    @Test
    void local_has_no_limit_until_one_is_set() {
        database.write(handle -> ledger.hold(handle, "h", Consumers.LOCAL, "s", money("1000"), LATER));

        assertThat(ledger.balance(Consumers.LOCAL).available()).isNull();
        assertThat(ledger.balance(Consumers.LOCAL).balance()).isEqualTo(money("-1000"));

        ledger.changeTerms(Consumers.LOCAL, terms -> terms.withLimit(Money.ZERO));
        assertFails(
                ErrorCode.INSUFFICIENT_CREDITS,
                "credits grant local",
                () -> database.write(handle -> ledger.hold(handle, "h2", Consumers.LOCAL, "t", money("1"), LATER)));
    }

    @Test
    void a_hold_of_nothing_leaves_no_trace() {
        hold("h", "s", "0");

        assertThat(ledger.hold("s")).isEmpty();
        assertThat(ledger.consumers()).isEmpty();
    }

    @Test
    void a_negative_hold_is_refused() {
        grant("g", "1");
        hold("h", "s", "1");

        assertFails(ErrorCode.INVALID_ARGUMENT, "negative", () -> hold("h2", "s", "-1"));
    }

    @Test
    void a_budget_of_a_day_counts_what_was_captured_that_day_and_what_is_held() {
        grant("g", "100");
        ledger.changeTerms(ACME, terms -> terms.withBudget(Budget.parse("5/day")));
        capture(new Capture("yesterday", ACME, "s", money("9"), NOON.minus(Duration.ofDays(1))), used("c", "s", "2"));
        hold("h1", "s", "2");

        assertThat(balance().available()).isEqualTo(money("1"));
        assertThat(balance().spentInPeriod()).isEqualTo(money("2"));
        assertFails(
                ErrorCode.INSUFFICIENT_CREDITS,
                "has 1 left of its budget of 5/day and needs 1.5",
                () -> hold("h2", "t", "1.5"));
        hold("h3", "t", "1");

        clock.advance(Duration.ofHours(12));
        assertThat(balance().available()).as("the next day").isEqualTo(money("2"));
    }

    @Test
    void a_budget_of_a_month_ends_with_the_month() {
        grant("g", "100");
        ledger.changeTerms(ACME, terms -> terms.withBudget(Budget.parse("5/month")));
        capture(
                new Capture("before", ACME, "s", money("9"), Instant.parse("2026-10-31T23:59:59.999Z")),
                new Capture("first", ACME, "s", money("3"), Instant.parse("2026-11-01T00:00:00Z")));

        assertThat(balance().available()).isEqualTo(money("2"));
        clock.advance(Duration.between(NOON, Instant.parse("2026-12-01T00:00:00Z")));
        assertThat(balance().available()).isEqualTo(money("5"));
    }

    @Test
    void a_budget_larger_than_the_balance_does_not_bind() {
        grant("g", "1");
        ledger.changeTerms(ACME, terms -> terms.withBudget(Budget.parse("5/day")));

        assertThat(balance().isBoundByBudget()).isFalse();
        assertFails(ErrorCode.INSUFFICIENT_CREDITS, "grant more", () -> hold("h", "s", "2"));
    }

    @Test
    void a_budget_also_binds_a_consumer_without_a_limit() {
        ledger.changeTerms(ACME, terms -> CreditTerms.UNLIMITED.withBudget(Budget.parse("5/day")));

        assertThat(balance().isBoundByBudget()).isTrue();
        assertFails(ErrorCode.INSUFFICIENT_CREDITS, "--budget AMOUNT/day", () -> hold("h", "s", "6"));
        hold("h", "s", "5");
    }

    @Test
    void a_released_hold_is_opened_again() {
        grant("g", "10");
        hold("h1", "s", "4");
        capture(used("c", "s", "1"));
        release("r1", "s");

        hold("h2", "s", "2");

        assertCredits("7", "2", "1", "0");
        var hold = ledger.hold("s").orElseThrow();
        assertThat(hold.closedAt()).isNull();
        assertThat(hold.captured()).isEqualTo(money("1"));
        assertThat(release("r2", "s")).isEqualTo(money("2"));
    }

    @Test
    void held_credits_do_not_expire_but_are_lost_when_they_are_given_back() {
        grantUntil("g", "5", NOON.plusSeconds(60));
        hold("h", "s", "3");
        clock.advance(Duration.ofSeconds(60));
        assertCredits("0", "3", "0", "2");

        assertThat(capture(used("c", "s", "1"))).containsEntry("c", money("1"));
        assertCredits("0", "2", "1", "2");

        release("r", "s");
        assertCredits("0", "0", "1", "4");
    }

    @Test
    void a_hold_on_credit_that_a_grant_has_paid_goes_back_to_that_grant() {
        ledger.changeTerms(ACME, terms -> terms.withLimit(money("5")));
        hold("h", "s", "5");
        grant("g", "10");
        assertCredits("5", "5", "0", "0");

        release("r", "s");

        assertCredits("10", "0", "0", "0");
        assertThat(left("g")).isEqualTo(money("10"));
        grant("g2", "1");
        assertCredits("11", "0", "0", "0");
    }

    @Test
    void a_grant_pays_captured_use_before_holds() {
        ledger.changeTerms(ACME, terms -> terms.withLimit(money("9")));
        hold("h", "s", "4");
        capture(used("c", "t", "3"));

        grant("g", "5");
        assertCredits("-2", "4", "3", "0");
        release("r", "s");

        assertCredits("2", "0", "3", "0");
        assertThat(left("g")).as("what it had paid of the hold").isEqualTo(money("2"));
    }

    @Test
    void a_released_hold_pays_for_another_hold_on_credit() {
        ledger.changeTerms(ACME, terms -> terms.withLimit(money("9")));
        grant("g", "4");
        hold("h1", "s", "4");
        hold("h2", "t", "3");
        assertCredits("-3", "7", "0", "0");

        release("r1", "s");
        assertCredits("1", "3", "0", "0");
        release("r2", "t");

        assertCredits("4", "0", "0", "0");
        assertThat(left("g")).isEqualTo(money("4"));
    }

    @Test
    void a_sandbox_has_one_consumer() {
        grant("g", "5");
        hold("h", "s", "2");
        ledger.grant(new Grant.Request("b", "beta", Grant.Kind.FREE, money("5"), 0, null, ""));

        assertFails(
                ErrorCode.CONFLICT,
                "belongs to another consumer",
                () -> database.write(handle -> ledger.hold(handle, "h2", "beta", "s", money("1"), LATER)));
        capture(new Capture("c", "beta", "s", money("1"), NOON));

        assertCredits("3", "2", "0", "0");
        assertThat(ledger.balance("beta").balance()).isEqualTo(money("4"));
    }

    @Test
    void an_operator_releases_a_stuck_hold() {
        grant("g", "5");
        hold("h", "s", "2");

        assertThat(ledger.releaseByHand("s", "backend is gone")).isEqualTo(money("2"));

        assertCredits("5", "0", "0", "0");
        assertThat(ledger.transactions(ACME, 1).getFirst().note()).isEqualTo("backend is gone");
        assertFails(ErrorCode.UNKNOWN_SANDBOX, "credits holds", () -> ledger.releaseByHand("s", ""));
        assertFails(ErrorCode.UNKNOWN_SANDBOX, "sandbox nobody", () -> ledger.releaseByHand("nobody", ""));
        hold("h2", "s", "1");
        assertThat(ledger.releaseByHand("s", "again")).as("at the same moment").isEqualTo(money("1"));
    }

    @Test
    void expired_holds_are_released() {
        grant("g", "9");
        holdUntil("h1", "s", "2", NOON.plusSeconds(10));
        holdUntil("h2", "used-up", "2", NOON.plusSeconds(10));
        holdUntil("h3", "t", "2", NOON.plusSeconds(11));
        capture(used("c", "used-up", "2"));
        assertThat(ledger.releaseOverdue(sandbox -> true)).isZero();

        clock.advance(Duration.ofSeconds(10));

        assertThat(ledger.releaseOverdue(sandbox -> true))
                .as("those with nothing left count too")
                .isEqualTo(2);
        assertCredits("5", "2", "2", "0");
        assertThat(ledger.openHolds(null)).extracting(Hold::sandbox).containsExactly("t");
        assertThat(ledger.releaseOverdue(sandbox -> true)).isZero();
    }

    @Test
    void the_hold_of_a_running_sandbox_is_kept_even_if_the_clock_is_set_forward() {
        grant("g", "9");
        holdUntil("h1", "runs", "2", NOON.plusSeconds(10));
        holdUntil("h2", "ended", "3", NOON.plusSeconds(10));
        clock.advance(Duration.ofDays(400));

        assertThat(ledger.releaseOverdue(sandbox -> sandbox.equals("ended"))).isEqualTo(1);

        assertThat(ledger.openHolds(null)).extracting(Hold::sandbox).containsExactly("runs");
        assertCredits("7", "2", "0", "0");
    }

    @Test
    void a_hold_that_is_overdue_again_at_the_same_moment_is_released_again() {
        grant("g", "9");
        holdUntil("h1", "s", "2", NOON);
        ledger.releaseOverdue(sandbox -> true);
        holdUntil("h2", "s", "3", NOON);

        assertThat(ledger.releaseOverdue(sandbox -> true)).isEqualTo(1);

        assertCredits("9", "0", "0", "0");
    }

    @Test
    void concurrent_holds_never_exceed_the_credits() throws Exception {
        grant("g", "5");

        var got = Concurrently.run(8, i -> {
            try {
                hold("h" + i, "s" + i, "1");
                return 1;
            } catch (SandboxException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_CREDITS);
                return 0;
            }
        });

        assertThat(got.stream().mapToInt(it -> it).sum()).isEqualTo(5);
        assertCredits("0", "5", "0", "0");
    }
}
