package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.PriceRules;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.profiles.OutOfCredit;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The credit that a sandbox holds and uses, from its creation to its end. A second costs 0.001, a creation 0.01. */
class ChargingTest {
    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    private PaidSandboxes paid;

    @BeforeEach
    void start() {
        paid = new PaidSandboxes(home);
    }

    @AfterEach
    void stop() {
        paid.close();
    }

    @Test
    void the_worst_case_is_held_at_creation_and_the_rest_is_released_with_the_end() {
        paid.grant("1");
        var sandbox = paid.create();
        assertThat(paid.held()).isEqualTo(money("0.61"));
        assertThat(paid.balance()).isEqualTo(money("0.39"));
        paid.pass(Duration.ofSeconds(90));
        paid.destroy(sandbox);
        assertThat(paid.held()).isEqualTo(Money.ZERO);
        assertThat(paid.consumed()).isEqualTo(money("0.1"));
        assertThat(paid.balance()).isEqualTo(money("0.9"));
    }

    @Test
    void without_credit_no_sandbox_is_created_and_nothing_is_left() {
        assertRefused(paid::create);
        assertThat(paid.installation().running()).isEmpty();
        assertThat(paid.process().sandboxes().list(PaidSandboxes.ME, true)).isEmpty();
        assertThat(paid.process().ledger().openHolds(null)).isEmpty();
    }

    @Test
    void a_sandbox_gets_the_time_that_its_consumer_can_pay_for() {
        paid.grant("0.31");
        var sandbox = paid.create();
        assertThat(life(sandbox)).isBetween(Duration.ofMillis(299_900), Duration.ofSeconds(300));
        assertThat(sandbox.isShortOfCredit()).isTrue();
        paid.pass(Duration.ofSeconds(301));
        paid.process().sandboxes().repair().repairUnfinished();
        assertThat(paid.find(sandbox).reason()).isEqualTo(EndReason.BUDGET);
        assertThat(paid.consumed()).isBetween(money("0.3099"), money("0.31"));
        assertThat(paid.balance().isNegative()).isFalse();
    }

    @Test
    void a_sandbox_short_of_credit_continues_when_credit_is_granted() {
        paid.grant("0.31");
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(200));
        assertThat(paid.process().sandboxes().creditWatch().look()).hasSize(1);
        assertThat(paid.process().sandboxes().creditWatch().look())
                .as("said once")
                .isEmpty();
        paid.grant("1");
        assertThat(paid.process().sandboxes().creditWatch().look())
                .singleElement()
                .satisfies(told -> assertThat(told.text()).contains("credit was added"));
        assertThat(life(paid.find(sandbox))).isEqualTo(TestInstallation.TTL);
        assertThat(paid.find(sandbox).isShortOfCredit()).isFalse();
    }

    @Test
    void a_grace_never_exceeds_the_requested_time() {
        var card = PaidSandboxes.card(PaidSandboxes.SECOND, "0.001", "0.01");
        paid.restart(() -> paid.installation()
                .price(new RateCards(
                        "USD", List.of(card), List.of(), PriceRules.NONE, Map.of(), Duration.ofMinutes(30))));
        paid.grant("0.31");
        var sandbox = paid.create();
        assertThat(life(sandbox)).isEqualTo(TestInstallation.TTL.minusMillis(1));
        assertThat(paid.balance().isNegative()).isFalse();
        paid.pass(Duration.ofSeconds(60));
        var later = paid.process().sandboxes().extend(sandbox, Duration.ofMinutes(10), paid.profile());
        assertThat(life(later)).isEqualTo(Duration.ofSeconds(660).minusMillis(1));
        paid.pass(Duration.ofMinutes(11));
        paid.process().sandboxes().repair().repairUnfinished();
        assertThat(paid.find(sandbox).reason()).isEqualTo(EndReason.BUDGET);
        assertThat(paid.consumed()).isBetween(money("0.6699"), money("0.67"));
    }

    @Test
    void a_sandbox_without_credit_pauses_if_its_profile_says_so() {
        paid.grant("0.31");
        var sandbox = paid.process()
                .sandboxes()
                .create(CreateSandbox.of(PaidSandboxes.ME, pausing()).build());
        paid.pass(Duration.ofSeconds(301));
        paid.process().sandboxes().repair().repairUnfinished();
        assertThat(paid.find(sandbox).state()).isEqualTo(SandboxState.PAUSED);
        assertThat(paid.held()).isEqualTo(Money.ZERO);
        assertRefused(() -> paid.process().sandboxes().resume(paid.find(sandbox), Duration.ofMinutes(5), pausing()));
        assertThat(paid.find(sandbox).state()).isEqualTo(SandboxState.PAUSED);
        paid.grant("1");
        paid.process().sandboxes().resume(paid.find(sandbox), Duration.ofMinutes(5), pausing());
        assertThat(paid.held()).isBetween(money("0.3"), money("0.300001"));
    }

    @Test
    void a_pause_costs_nothing() {
        paid.grant("10");
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(100));
        paid.pause(sandbox);
        assertThat(paid.held()).isEqualTo(Money.ZERO);
        paid.pass(Duration.ofHours(5));
        paid.tick();
        paid.resume(sandbox, Duration.ofMinutes(10));
        paid.pass(Duration.ofSeconds(50));
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("0.16"));
    }

    @Test
    void a_later_deadline_holds_more_and_is_limited_by_the_credit() {
        paid.grant("0.71");
        var sandbox = paid.create();
        var later = paid.process().sandboxes().extend(sandbox, Duration.ofMinutes(30), paid.profile());
        assertThat(life(later)).isBetween(Duration.ofMillis(699_900), Duration.ofSeconds(700));
        assertThat(paid.balance()).isLessThan(money("0.0001"));
        assertRefused(
                () -> paid.process().sandboxes().extend(paid.find(sandbox), Duration.ofMinutes(30), paid.profile()));
        assertThat(paid.find(sandbox).deadline()).isEqualTo(later.deadline());
    }

    @Test
    void a_shorter_deadline_releases_the_difference() {
        paid.grant("1");
        paid.process().sandboxes().extend(paid.create(), Duration.ofMinutes(1), paid.profile());
        assertThat(paid.held()).isBetween(money("0.07"), money("0.070002"));
    }

    @Test
    void a_limit_on_its_cost_shortens_a_sandbox_and_its_extensions() {
        paid.grant("10");
        var terms = Terms.DEFAULT.withMaxCost(money("0.11"));
        var sandbox = paid.process()
                .sandboxes()
                .create(CreateSandbox.of(PaidSandboxes.ME, paid.profile())
                        .terms(terms)
                        .build());
        assertThat(life(sandbox)).isBetween(Duration.ofMillis(99_900), Duration.ofSeconds(100));
        paid.pass(Duration.ofSeconds(50));
        paid.tick();
        assertRefused(
                () -> paid.process().sandboxes().extend(paid.find(sandbox), Duration.ofMinutes(30), paid.profile()));
        paid.pass(Duration.ofSeconds(51));
        paid.process().sandboxes().repair().repairUnfinished();
        assertThat(paid.consumed()).isBetween(money("0.1099"), money("0.11"));
    }

    @Test
    void after_an_outage_time_is_charged_until_the_provable_end() {
        paid.grant("10");
        var sandbox = paid.create();
        paid.restart(() -> paid.pass(Duration.ofHours(5)));
        paid.process().sandboxes().repair().repairUnfinished();
        paid.tick();
        assertThat(paid.find(sandbox).reason()).isEqualTo(EndReason.EXPIRED);
        assertThat(paid.consumed()).isEqualTo(money("0.61"));
        assertThat(paid.held()).isEqualTo(Money.ZERO);
    }

    @Test
    void a_lost_sandbox_is_charged_until_it_was_last_measured() {
        paid.grant("10");
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(120));
        paid.tick();
        paid.installation().second().lose(sandbox.requireRef());
        paid.pass(Duration.ofSeconds(300));
        paid.process().sandboxes().repair().reconcile(paid.installation().extensions());
        assertThat(paid.find(sandbox).reason()).isEqualTo(EndReason.LOST);
        assertThat(paid.consumed()).isEqualTo(money("0.13"));
        assertThat(paid.held()).isEqualTo(Money.ZERO);
    }

    private Profile pausing() {
        return paid.profile().toBuilder().outOfCredit(OutOfCredit.PAUSE).build();
    }

    private static Duration life(Sandbox sandbox) {
        return Duration.between(sandbox.createdAt(), sandbox.deadline());
    }

    private static void assertRefused(ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_CREDITS));
    }

    private static Money money(String amount) {
        return Money.parse(amount);
    }
}
