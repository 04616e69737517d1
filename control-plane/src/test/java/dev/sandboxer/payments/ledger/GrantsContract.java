package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import dev.sandboxer.payments.ledger.LedgerTransaction.Kind;
import dev.sandboxer.testing.Concurrently;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Contract of grants, their expiry and corrections, for every database. */
abstract class GrantsContract extends LedgerContract {
    @Test
    void a_new_consumer_has_no_credits() {
        assertCredits("0", "0", "0", "0");
        assertThat(balance().terms()).isEqualTo(CreditTerms.PREPAID);
        assertThat(ledger.consumers()).isEmpty();
        assertThat(ledger.grants(ACME)).isEmpty();
    }

    @Test
    void grants_add_up_and_are_listed_in_the_ledger() {
        grant("g1", "10");
        clock.advance(Duration.ofSeconds(1));
        grant("g2", "2.5");

        assertThat(balance().granted()).isEqualTo(money("12.5"));
        assertThat(balance().available()).isEqualTo(money("12.5"));
        assertThat(ledger.consumers()).containsExactly(ACME);
        var transactions = ledger.transactions(ACME, 10);
        assertThat(transactions).extracting(LedgerTransaction::kind).containsExactly(Kind.GRANT, Kind.GRANT);
        assertThat(transactions.getFirst().entries()).containsExactly(new Entry("issued", "grant:g2", money("2.5")));
        assertThat(ledger.transactions(ACME, 1)).containsExactly(transactions.getFirst());
    }

    @Test
    void a_grant_of_nothing_or_in_the_past_is_refused() {
        assertFails(ErrorCode.INVALID_ARGUMENT, "above zero", () -> grant("g", "0"));
        assertFails(ErrorCode.INVALID_ARGUMENT, "above zero", () -> grant("g", "-1"));
        assertFails(ErrorCode.INVALID_ARGUMENT, "expired already", () -> grantUntil("g", "1", NOON));
        assertThat(ledger.grants(ACME)).isEmpty();
        assertThat(ledger.transactions(ACME, 10)).isEmpty();
    }

    @Test
    void grants_are_used_by_priority_then_by_expiry_then_by_age() {
        grant("old", "1");
        clock.advance(Duration.ofSeconds(1));
        grant("new", "1");
        grantUntil("late", "1", NOON.plus(Duration.ofDays(2)));
        grantUntil("soon", "1", NOON.plus(Duration.ofDays(1)));
        ledger.grant(request("first", "1", -1, null));
        ledger.grant(request("last", "1", 1, NOON.plus(Duration.ofHours(1))));

        assertThat(ledger.grants(ACME))
                .extracting(Grant::id)
                .containsExactly("first", "soon", "late", "old", "new", "last");
        capture(used("c", "s", "3.5"));
        assertThat(ledger.grants(ACME))
                .extracting(Grant::remaining)
                .containsExactly(money("0"), money("0"), money("0"), money("0.5"), money("1"), money("1"));
    }

    @Test
    void equal_grants_are_used_in_the_byte_order_of_their_ids() {
        grant("aa", "1"); // sorts last in Danish
        grant("b", "1");
        grant("B", "1");

        assertThat(ledger.grants(ACME)).extracting(Grant::id).containsExactly("B", "aa", "b");
        hold("h", "s", "1.5");
        assertThat(left("B")).isEqualTo(money("0"));
        assertThat(left("aa")).isEqualTo(money("0.5"));
    }

    @Test
    void an_expired_grant_counts_no_longer_even_before_its_expiry_is_booked() {
        grantUntil("g", "3", NOON.plusSeconds(60));
        grant("forever", "1");
        clock.advance(Duration.ofSeconds(60));

        assertCredits("1", "0", "0", "3");
        assertThat(left("g")).isEqualTo(money("0"));
        assertFails(ErrorCode.INSUFFICIENT_CREDITS, "1 available", () -> hold("h", "s", "2"));
    }

    @Test
    void the_expiry_of_a_grant_is_booked_once_by_the_next_command() {
        grantUntil("g", "3", NOON.plusSeconds(60));
        clock.advance(Duration.ofSeconds(60));

        ledger.releaseOverdue(sandbox -> true);
        ledger.releaseOverdue(sandbox -> true);
        grant("other", "1");

        assertCredits("1", "0", "0", "3");
        assertThat(ledger.transactions(ACME, 10))
                .filteredOn(it -> it.kind() == Kind.EXPIRY)
                .singleElement()
                .satisfies(it -> assertThat(it.entries()).containsExactly(new Entry("grant:g", "expired", money("3"))));
    }

    @Test
    void a_command_that_changes_nothing_still_books_what_has_expired() {
        grantUntil("g", "3", NOON.plusSeconds(60));
        hold("h", "s", "1");
        release("r", "s");
        hold("h2", "s", "1");
        clock.advance(Duration.ofSeconds(60));

        assertThat(release("r", "s")).as("a replay").isEqualTo(money("0"));
        hold("h2", "s", "1");

        assertCredits("0", "1", "0", "2");
    }

    @Test
    void the_next_grant_pays_the_overdraft() {
        capture(used("c", "s", "5"));
        assertCredits("-5", "0", "5", "0");

        grant("g1", "2");
        assertCredits("-3", "0", "5", "0");
        assertThat(left("g1")).isEqualTo(money("0"));

        grant("g2", "10");
        assertCredits("7", "0", "5", "0");
        assertThat(left("g2")).isEqualTo(money("7"));
    }

    @Test
    void a_correction_gives_captured_credits_back_as_a_grant_that_never_expires() {
        grantUntil("g", "5", NOON.plusSeconds(60));
        capture(used("c", "s", "5"));
        clock.advance(Duration.ofSeconds(60));

        correct("k", "s", "2");

        assertCredits("2", "0", "3", "0");
        assertThat(balance().granted()).as("nothing new was given").isEqualTo(money("5"));
        assertThat(ledger.grants(ACME))
                .filteredOn(it -> it.kind() == Grant.Kind.CORRECTION)
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.remaining()).isEqualTo(money("2"));
                    assertThat(it.expiresAt()).isNull();
                    assertThat(it.note()).isEqualTo("a mistake");
                });
        assertThat(ledger.transactions(ACME, 10))
                .filteredOn(it -> it.kind() == Kind.CORRECTION)
                .singleElement()
                .satisfies(it -> assertThat(it.sandbox()).isEqualTo("s"));
    }

    @Test
    void a_correction_pays_the_overdraft_first() {
        capture(used("c", "s", "5"));

        correct("k", null, "2");

        assertCredits("-3", "0", "3", "0");
    }

    @Test
    void a_negative_correction_captures_more_even_below_the_limit() {
        grant("g", "1");

        correct("k", "s", "-3");

        assertCredits("-2", "0", "3", "0");
        assertThat(ledger.transactions(ACME, 10).stream().filter(it -> it.kind() == Kind.CORRECTION))
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.amount()).isEqualTo(money("-3"));
                    assertThat(it.sandbox()).isEqualTo("s");
                });
    }

    @Test
    void a_correction_of_nothing_or_of_more_than_was_captured_is_refused() {
        grant("g", "5");
        capture(used("c", "s", "1"));

        assertFails(ErrorCode.INVALID_ARGUMENT, "must not be zero", () -> correct("k", null, "0"));
        assertFails(ErrorCode.INVALID_ARGUMENT, "has used only 1", () -> correct("k", null, "1.000000001"));
        assertCredits("4", "0", "1", "0");
    }

    @Test
    void grants_from_several_servers_at_once_all_count() throws Exception {
        Concurrently.run(6, i -> {
            for (int n = 0; n < 10; n++) {
                grant("g" + i + "-" + n, "1");
            }
            return i;
        });

        assertThat(balance().balance()).isEqualTo(money("60"));
    }

    @Test
    void the_same_grant_from_several_servers_at_once_counts_once() throws Exception {
        Concurrently.run(6, i -> {
            for (int n = 0; n < 10; n++) {
                grant("g" + n, "1");
            }
            return i;
        });

        assertThat(balance().balance()).isEqualTo(money("10"));
    }

    @Test
    void a_low_balance_is_reported_once_until_it_has_recovered() {
        ledger.changeTerms(ACME, terms -> terms.withWarnBelow(money("2")));
        grant("g", "3");
        assertThat(ledger.newlyLow()).isEmpty();

        capture(used("c1", "s", "2"));
        assertThat(ledger.newlyLow()).extracting(Balance::consumer).containsExactly(ACME);
        assertThat(ledger.newlyLow()).isEmpty();

        grant("more", "5");
        assertThat(ledger.newlyLow()).isEmpty();
        capture(used("c2", "s", "5"));
        assertThat(ledger.newlyLow())
                .singleElement()
                .satisfies(it -> assertThat(it.available()).isEqualTo(money("1")));
    }

    @Test
    void only_one_of_several_servers_reports_a_low_balance() throws Exception {
        ledger.changeTerms(ACME, terms -> terms.withWarnBelow(money("2")));

        var told = Concurrently.run(6, i -> ledger.newlyLow().size());

        assertThat(told.stream().mapToInt(it -> it).sum()).isEqualTo(1);
    }

    @Test
    void setting_the_warning_level_again_warns_again() {
        ledger.changeTerms(ACME, terms -> terms.withWarnBelow(money("2")));
        assertThat(ledger.newlyLow()).hasSize(1);

        ledger.changeTerms(ACME, terms -> terms.withWarnBelow(null));
        assertThat(ledger.newlyLow()).isEmpty();
        ledger.changeTerms(ACME, terms -> terms.withWarnBelow(money("2")));

        assertThat(ledger.newlyLow()).hasSize(1);
    }
}
