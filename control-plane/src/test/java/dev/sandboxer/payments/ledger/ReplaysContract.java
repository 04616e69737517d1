package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.payments.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contract of repeated commands, for every database: a repeated command changes nothing, and another one with its id is refused. */
abstract class ReplaysContract extends LedgerContract {
    private static final Instant LATER = NOON.plus(Duration.ofHours(1));

    @BeforeEach
    void give() {
        grant("start", "100");
    }

    /** Runs a command twice, the second time a second later. */
    private void assertReplayChangesNothing(Runnable command) {
        command.run();
        var after = rows();
        clock.advance(Duration.ofSeconds(1));
        command.run();
        assertThat(rows()).isEqualTo(after);
    }

    private void assertConflict(Runnable command) {
        var before = rows();
        assertFails(ErrorCode.CONFLICT, "use another id", command::run);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void a_repeated_grant_changes_nothing() {
        assertReplayChangesNothing(() -> grantUntil("g", "5", NOON.plusSeconds(9)));

        assertConflict(() -> grantUntil("g", "6", NOON.plusSeconds(9)));
        assertConflict(() -> grantUntil("g", "5", NOON.plusSeconds(10)));
        assertConflict(() -> grant("g", "5"));
        assertConflict(() -> ledger.grant(request("g", "5", 1, NOON.plusSeconds(9))));
        assertConflict(() ->
                ledger.grant(new Grant.Request("g", ACME, Grant.Kind.FREE, money("5"), 0, NOON.plusSeconds(9), "")));
        assertConflict(() ->
                ledger.grant(new Grant.Request("g", "beta", Grant.Kind.PAID, money("5"), 0, NOON.plusSeconds(9), "")));
        assertConflict(() -> ledger.grant(
                new Grant.Request("g", ACME, Grant.Kind.PAID, money("5"), 0, NOON.plusSeconds(9), "another")));
    }

    @Test
    void repeating_a_grant_that_has_expired_since_changes_nothing() {
        grantUntil("g", "5", NOON.plusSeconds(9));
        clock.advance(Duration.ofSeconds(9));
        ledger.releaseOverdue(sandbox -> true);
        var before = rows();

        grantUntil("g", "5", NOON.plusSeconds(9));

        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void a_repeated_hold_changes_nothing() {
        assertReplayChangesNothing(() -> hold("h", "s", "5"));

        assertConflict(() -> hold("h", "s", "6"));
        assertConflict(() -> hold("h", "t", "5"));
        assertConflict(() -> capture(used("h", "s", "5")));
        assertConflict(() ->
                database.write(handle -> ledger.hold(handle, "h", "beta", "t", Money.ZERO.plus(money("5")), LATER)));
    }

    @Test
    void repeating_a_hold_that_was_changed_since_changes_nothing() {
        hold("h1", "s", "60");
        hold("h2", "s", "90");
        capture(used("c", "s", "85"));
        hold("h3", "s", "0");
        var before = rows();

        hold("h1", "s", "60"); // the credit would no longer cover it

        assertThat(rows()).isEqualTo(before);
        assertConflict(() -> hold("h1", "s", "61"));
    }

    @Test
    void a_repeated_capture_changes_nothing() {
        hold("h", "s", "5");
        assertReplayChangesNothing(() -> capture(used("c", "s", "7")));
        assertThat(capture(used("c", "s", "7"))).doesNotContainKey("c");

        assertConflict(() -> capture(used("c", "s", "8")));
        assertConflict(() -> capture(used("c", "t", "7")));
        assertConflict(() -> capture(new Capture("c", "beta", "s", money("7"), NOON)));
        assertConflict(() -> capture(used("d", "s", "1"), used("c", "s", "8")));
        assertConflict(() -> capture(used("d", "s", "1"), used("d", "s", "2")));
    }

    @Test
    void captures_repeated_in_a_batch_with_new_ones_count_once() {
        capture(used("c1", "s", "1"), used("c1", "s", "1"), used("c2", "s", "2"));
        assertCredits("97", "0", "3", "0");

        var prepaid = capture(used("c2", "s", "2"), used("c3", "s", "3"), used("c1", "s", "1"));

        assertThat(prepaid).containsOnlyKeys("c3");
        assertCredits("94", "0", "6", "0");
    }

    @Test
    void a_repeated_release_changes_nothing() {
        hold("h1", "s", "5");
        assertReplayChangesNothing(() -> release("r", "s"));

        hold("h2", "s", "7");
        var before = rows();
        assertThat(release("r", "s")).as("of the earlier hold").isEqualTo(Money.ZERO);
        assertThat(rows()).isEqualTo(before);
        hold("h3", "t", "1");
        assertConflict(() -> release("r", "t"));
        assertConflict(() -> database.write(handle -> ledger.release(handle, "r", "s", "another reason")));
    }

    @Test
    void repeated_corrections_in_both_directions_change_nothing() {
        capture(used("c", "s", "50"));
        assertReplayChangesNothing(() -> correct("up", "s", "5"));
        assertReplayChangesNothing(() -> correct("down", "s", "-5"));

        assertConflict(() -> correct("up", "s", "6"));
        assertConflict(() -> correct("up", "s", "-5"));
        assertConflict(() -> correct("up", "t", "5"));
        assertConflict(() -> correct("down", "s", "5"));
        assertConflict(() -> correct("down", null, "-5"));
        assertConflict(
                () -> database.write(handle -> ledger.correct(handle, "up", ACME, "s", money("5"), "another reason")));
    }

    @Test
    void repeating_a_correction_of_all_use_changes_nothing() {
        capture(used("c", "s", "5"));

        assertReplayChangesNothing(() -> correct("k", "s", "5"));

        assertCredits("100", "0", "0", "0");
    }

    @Test
    void a_grant_and_a_correction_may_have_one_id() {
        capture(used("c", "s", "5"));
        grant("one", "1");
        correct("one", "s", "1");

        assertThat(ledger.grants(ACME)).extracting(Grant::kind).contains(Grant.Kind.CORRECTION);
        assertConflict(() -> grant("correction:one", "1"));
    }

    @Test
    void commands_of_one_transaction_are_undone_together() {
        var before = rows();

        assertFails(
                ErrorCode.INSUFFICIENT_CREDITS,
                "available",
                () -> database.write(handle -> {
                    ledger.capture(handle, List.of(used("c", "s", "99")));
                    ledger.hold(handle, "h", ACME, "s", money("2"), LATER);
                }));

        assertThat(rows()).isEqualTo(before);
    }
}
