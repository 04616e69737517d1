package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.ledger.CreditTerms;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.ledger.Hold;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.PriceRules;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.profiles.OutOfCredit;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cost of a sandbox from its creation to its end. A second costs 0.001, a creation 0.01. */
class ChargingTest {
    private static final String ME = TestInstallation.ME;
    private static final ExtensionId FIRST = new ExtensionId("ext.first");
    private static final ExtensionId SECOND = new ExtensionId("ext.second");

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    private TestInstallation installation;
    private ControlPlane process;
    private final List<ChargeLine> bill = new ArrayList<>();

    @BeforeEach
    void start() {
        installation = new TestInstallation(home);
        installation.charge();
        installation.onBill((handle, lines) -> bill.addAll(lines));
        installation.price(card());
        process = installation.start();
    }

    private static RateCard card() {
        return new RateCard(
                "test-1",
                SECOND,
                Instant.EPOCH,
                new BigDecimal("0.001"),
                BigDecimal.ZERO,
                Map.of(),
                Map.of(),
                new BigDecimal("0.01"));
    }

    private void restartWithGrace(Duration grace) {
        process.close();
        installation.price(new RateCards("USD", List.of(card()), List.of(), PriceRules.NONE, Map.of(), grace));
        process = installation.start();
    }

    @AfterEach
    void stop() {
        process.close();
    }

    @Test
    void the_worst_case_is_held_at_creation_and_the_rest_is_released_with_the_end() {
        grant("1");
        var sandbox = create();
        assertThat(held()).isEqualTo(money("0.61"));
        assertThat(balance()).isEqualTo(money("0.39"));
        pass(Duration.ofSeconds(90));
        destroy(sandbox);
        assertThat(held()).isEqualTo(Money.ZERO);
        assertThat(consumed()).isEqualTo(money("0.1"));
        assertThat(balance()).isEqualTo(money("0.9"));
    }

    @Test
    void without_credit_nothing_is_made_and_nothing_is_left() {
        assertRefused(this::create);
        assertThat(installation.running()).isEmpty();
        assertThat(process.sandboxes().list(ME, true)).isEmpty();
        assertThat(process.ledger().openHolds(null)).isEmpty();
    }

    @Test
    void a_sandbox_gets_the_time_that_its_consumer_can_pay_for() {
        grant("0.31");
        var sandbox = create();
        assertThat(life(sandbox)).isBetween(Duration.ofMillis(299_900), Duration.ofSeconds(300));
        assertThat(sandbox.isShortOfCredit()).isTrue();
        pass(Duration.ofSeconds(301));
        process.sandboxes().repair().settleDoubts();
        assertThat(find(sandbox).reason()).isEqualTo(EndReason.BUDGET);
        assertThat(consumed()).isBetween(money("0.3099"), money("0.31"));
        assertThat(balance().isNegative()).isFalse();
    }

    @Test
    void a_sandbox_short_of_credit_goes_on_when_credit_comes_in() {
        grant("0.31");
        var sandbox = create();
        pass(Duration.ofSeconds(200));
        assertThat(process.sandboxes().creditWatch().look()).hasSize(1);
        assertThat(process.sandboxes().creditWatch().look()).as("said once").isEmpty();
        grant("1");
        assertThat(process.sandboxes().creditWatch().look())
                .singleElement()
                .satisfies(told -> assertThat(told.text()).contains("credit has come in"));
        assertThat(life(find(sandbox))).isEqualTo(TestInstallation.TTL);
        assertThat(find(sandbox).isShortOfCredit()).isFalse();
    }

    @Test
    void a_grace_that_reaches_beyond_the_time_asked_for_gives_no_more_than_that() {
        restartWithGrace(Duration.ofMinutes(30));
        grant("0.31");
        var sandbox = create();
        assertThat(life(sandbox)).isEqualTo(TestInstallation.TTL.minusMillis(1));
        assertThat(balance().isNegative()).isFalse();
        pass(Duration.ofSeconds(60));
        var later = process.sandboxes().extend(sandbox, Duration.ofMinutes(10), profile());
        assertThat(life(later)).isEqualTo(Duration.ofSeconds(660).minusMillis(1));
        pass(Duration.ofMinutes(11));
        process.sandboxes().repair().settleDoubts();
        assertThat(find(sandbox).reason()).isEqualTo(EndReason.BUDGET);
        assertThat(consumed()).isBetween(money("0.6699"), money("0.67"));
    }

    @Test
    void the_cost_of_a_sandbox_is_known_at_any_time() {
        grant("0.31");
        var charges = new SandboxCharges(process.ledger(), process.metering(), installation.clock());
        var sandbox = create();
        pass(Duration.ofSeconds(100));
        var running = charges.of(sandbox);
        assertThat(running.cost()).isEqualByComparingTo("0.11");
        assertThat(running.payer()).isEqualTo("platform");
        assertThat(running.backendCost())
                .as("between the platform and its backend")
                .isNull();
        assertThat(running.wantedUntil()).isEqualTo(sandbox.createdAt().plus(TestInstallation.TTL));
        destroy(sandbox);
        pass(Duration.ofSeconds(100));
        assertThat(charges.of(find(sandbox)).cost()).isEqualByComparingTo("0.11");
        assertThat(charges.of(find(sandbox)).held()).isEqualByComparingTo("0");
    }

    @Test
    void a_consumer_sees_what_its_own_backend_bills_it() {
        installation.addCredential("key_ownkey00", false);
        var charges = new SandboxCharges(process.ledger(), process.metering(), installation.clock());
        var sandbox = create();
        pass(Duration.ofSeconds(100));
        assertThat(charges.of(sandbox)).satisfies(own -> {
            assertThat(own.payer()).isEqualTo("owner");
            assertThat(own.cost()).isEqualByComparingTo("0");
            assertThat(own.backendCost()).isEqualByComparingTo("0.11");
        });
    }

    @Test
    void a_sandbox_without_credit_pauses_if_its_profile_says_so() {
        grant("0.31");
        var sandbox = process.sandboxes().create(CreateSandbox.of(ME, pausing()).build());
        pass(Duration.ofSeconds(301));
        process.sandboxes().repair().settleDoubts();
        assertThat(find(sandbox).state()).isEqualTo(SandboxState.PAUSED);
        assertThat(held()).isEqualTo(Money.ZERO);
        assertRefused(() -> process.sandboxes().resume(find(sandbox), Duration.ofMinutes(5), pausing()));
        assertThat(find(sandbox).state()).isEqualTo(SandboxState.PAUSED);
        grant("1");
        process.sandboxes().resume(find(sandbox), Duration.ofMinutes(5), pausing());
        assertThat(held()).isBetween(money("0.3"), money("0.300001"));
    }

    @Test
    void a_pause_costs_nothing() {
        grant("10");
        var sandbox = create();
        pass(Duration.ofSeconds(100));
        process.sandboxes().pause(sandbox);
        assertThat(held()).isEqualTo(Money.ZERO);
        pass(Duration.ofHours(5));
        tick();
        process.sandboxes().resume(find(sandbox), Duration.ofMinutes(10), profile());
        pass(Duration.ofSeconds(50));
        destroy(find(sandbox));
        assertThat(consumed()).isEqualTo(money("0.16"));
    }

    @Test
    void an_extension_holds_more_and_stops_where_credit_does() {
        grant("0.71");
        var sandbox = create();
        var later = process.sandboxes().extend(sandbox, Duration.ofMinutes(30), profile());
        assertThat(life(later)).isBetween(Duration.ofMillis(699_900), Duration.ofSeconds(700));
        assertThat(balance()).isLessThan(money("0.0001"));
        assertRefused(() -> process.sandboxes().extend(find(sandbox), Duration.ofMinutes(30), profile()));
        assertThat(find(sandbox).deadline()).isEqualTo(later.deadline());
    }

    @Test
    void a_shorter_deadline_gives_back_what_it_does_not_need() {
        grant("1");
        process.sandboxes().extend(create(), Duration.ofMinutes(1), profile());
        assertThat(held()).isBetween(money("0.07"), money("0.070002"));
    }

    @Test
    void a_limit_on_its_cost_shortens_a_sandbox_and_its_extensions() {
        grant("10");
        var terms = Terms.DEFAULT.withMaxCost(money("0.11"));
        var sandbox = process.sandboxes()
                .create(CreateSandbox.of(ME, profile()).terms(terms).build());
        assertThat(life(sandbox)).isBetween(Duration.ofMillis(99_900), Duration.ofSeconds(100));
        pass(Duration.ofSeconds(50));
        tick();
        assertRefused(() -> process.sandboxes().extend(find(sandbox), Duration.ofMinutes(30), profile()));
        pass(Duration.ofSeconds(51));
        process.sandboxes().repair().settleDoubts();
        assertThat(consumed()).isBetween(money("0.1099"), money("0.11"));
    }

    @Test
    void a_server_that_was_down_measures_until_the_provable_end() {
        grant("10");
        var sandbox = create();
        installation.kill(process);
        pass(Duration.ofHours(5));
        process = installation.start();
        process.sandboxes().repair().settleDoubts();
        tick();
        assertThat(find(sandbox).reason()).isEqualTo(EndReason.EXPIRED);
        assertThat(consumed()).isEqualTo(money("0.61"));
        assertThat(held()).isEqualTo(Money.ZERO);
    }

    @Test
    void a_lost_sandbox_is_charged_until_it_was_last_measured() {
        grant("10");
        var sandbox = create();
        pass(Duration.ofSeconds(120));
        tick();
        installation.second().lose(sandbox.requireRef());
        pass(Duration.ofSeconds(300));
        process.sandboxes().repair().reconcile(installation.extensions());
        assertThat(find(sandbox).reason()).isEqualTo(EndReason.LOST);
        assertThat(consumed()).isEqualTo(money("0.13"));
        assertThat(held()).isEqualTo(Money.ZERO);
    }

    @Test
    void a_sandbox_with_its_consumers_own_credential_costs_it_nothing_here() {
        installation.addCredential("key_ownkey00", false);
        var sandbox = create();
        pass(Duration.ofSeconds(100));
        destroy(sandbox);
        assertThat(process.ledger().hold(sandbox.id().value())).isEmpty();
        assertThat(bill).hasSize(3).allSatisfy(line -> {
            assertThat(line.subject().tariff().payer()).isEqualTo(Payer.OWNER);
            assertThat(line.cost().billed()).isEqualTo(Money.ZERO);
        });
        assertThat(bill.getFirst().backendCost())
                .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("0.1"));
    }

    @Test
    void a_free_sandbox_is_measured_all_the_same() {
        var sandbox = process.sandboxes()
                .create(CreateSandbox.of(ME, TestInstallation.profile(FIRST)).build());
        pass(Duration.ofSeconds(10));
        destroy(sandbox);
        assertThat(bill).extracting(ChargeLine::meter).containsExactly(Meter.CPU, Meter.MEMORY);
        assertThat(bill.getFirst().quantity()).isEqualByComparingTo("10");
        assertThat(bill.getFirst().cost().billed()).isEqualTo(Money.ZERO);
    }

    @Test
    void the_creation_of_a_free_sandbox_runs_one_statement_about_its_price() {
        var all = new CopyOnWriteArrayList<String>();
        installation.watchStatements(all::add);
        process.sandboxes()
                .create(CreateSandbox.of(ME, TestInstallation.profile(FIRST)).build());
        assertThat(all)
                .filteredOn(sql -> sql.matches("(?s).*\\b(meters|holds|credit_accounts|grants)\\b.*"))
                .singleElement()
                .asString()
                .startsWith("INSERT INTO meters");
    }

    @Test
    void a_free_sandbox_that_could_not_be_made_has_used_nothing() {
        installation.first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertThatThrownBy(() -> process.sandboxes()
                        .create(CreateSandbox.of(ME, TestInstallation.profile(FIRST))
                                .build()))
                .isInstanceOf(SandboxException.class);
        pass(Duration.ofHours(2));
        process.metering().tick(installation.clock().instant());
        assertThat(bill).isEmpty();
    }

    @Test
    void an_unknown_price_is_not_a_price_of_zero() {
        installation.price();
        process.close();
        process = installation.start();
        assertRefused(this::create);
        process.ledger().changeTerms(ME, terms -> CreditTerms.UNLIMITED);
        var sandbox = create();
        pass(Duration.ofSeconds(10));
        destroy(sandbox);
        assertThat(bill)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.cost().billed()).isNull());
    }

    @Test
    void the_bill_has_a_line_for_each_hour_and_meter_which_sum_up_to_what_was_captured() {
        grant("10");
        var sandbox = create(Duration.ofMinutes(55));
        for (int i = 0; i < 54; i++) {
            pass(Duration.ofMinutes(1).plusMillis(i));
            tick();
        }
        pass(Duration.ofMinutes(20));
        process.sandboxes().repair().settleDoubts();
        tick();
        assertThat(find(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(sum(bill)).isEqualTo(consumed()).isEqualTo(money("3.31"));
        assertThat(bill).extracting(ChargeLine::id).doesNotHaveDuplicates();
        assertThat(bill.stream().filter(line -> line.meter() == Meter.CREATION)).hasSize(1);
    }

    @Test
    void the_bill_tells_prepaid_usage_from_usage_on_credit() {
        process.ledger().changeTerms(ME, terms -> terms.withLimit(money("5")));
        grant("0.05");
        var sandbox = create();
        pass(Duration.ofSeconds(90));
        destroy(sandbox);
        assertThat(sum(bill)).isEqualTo(money("0.1"));
        assertThat(bill.stream().map(line -> line.cost().prepaid()).reduce(Money.ZERO, Money::plus))
                .isEqualTo(money("0.05"));
        assertThat(balance()).isEqualTo(money("-0.05"));
    }

    private Sandbox create() {
        return create(TestInstallation.TTL);
    }

    private Sandbox create(Duration ttl) {
        return process.sandboxes()
                .create(CreateSandbox.of(ME, profile()).ttl(ttl).build());
    }

    private void destroy(Sandbox sandbox) {
        process.sandboxes().destroy(sandbox);
    }

    private Sandbox find(Sandbox sandbox) {
        return process.sandboxes().find(sandbox.id()).orElseThrow();
    }

    private Profile profile() {
        return TestInstallation.profile(SECOND);
    }

    private Profile pausing() {
        return profile().toBuilder().outOfCredit(OutOfCredit.PAUSE).build();
    }

    private void pass(Duration time) {
        installation.clock().advance(time);
    }

    private void tick() {
        process.metering().tick(installation.clock().instant());
    }

    private void grant(String amount) {
        process.ledger()
                .grant(new Grant.Request(
                        UUID.randomUUID().toString(), ME, Grant.Kind.PAID, money(amount), 0, null, ""));
    }

    private Money balance() {
        return process.ledger().balance(ME).balance();
    }

    private Money consumed() {
        return process.ledger().balance(ME).consumed();
    }

    private Money held() {
        return process.ledger().openHolds(ME).stream().map(Hold::remaining).reduce(Money.ZERO, Money::plus);
    }

    private static Duration life(Sandbox sandbox) {
        return Duration.between(sandbox.createdAt(), sandbox.deadline());
    }

    private static Money sum(List<ChargeLine> lines) {
        return lines.stream().map(line -> line.cost().billed()).reduce(Money.ZERO, Money::plus);
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
