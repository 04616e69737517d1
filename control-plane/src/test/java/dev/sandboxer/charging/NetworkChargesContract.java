package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Extension;
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
import dev.sandboxer.payments.metering.ChargeQuery;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.PriceRules;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.TestDatabase;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract of network charges, for every database. A GiB received costs 0.1, a GiB sent 1, a second 0.001. */
abstract class NetworkChargesContract {
    private static final String ME = TestInstallation.ME;
    private static final long GIB = 1L << 30;

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    private final TransitionJournal journal = new TransitionJournal();
    private TestInstallation installation;
    private ControlPlane process;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void start() {
        installation = new TestInstallation(home, database(home));
        installation.charge();
        installation.listen(journal.of(installation.clock()));
        installation.price(card("0.1", "1"));
        process = installation.start(extensions());
        journal.prepare(process.database());
        process.ledger().changeTerms(ME, terms -> CreditTerms.UNLIMITED);
    }

    @AfterEach
    void stop() {
        ChargeAudit.of(process.database()).checkMoney();
        process.close();
    }

    private static RateCard card(String in, String out) {
        return new RateCard(
                "test-1",
                PaidSandboxes.SECOND,
                Instant.EPOCH,
                new BigDecimal("0.001"),
                BigDecimal.ZERO,
                Map.of(),
                Map.of(),
                BigDecimal.ZERO,
                new RateCard.Network(new BigDecimal(in), new BigDecimal(out)));
    }

    /** Returns both extensions. The second one counts bytes. */
    private List<Extension> extensions() {
        var second = (FakeExtension) installation.extensions().get(1);
        var capabilities = EnumSet.copyOf(second.capabilities());
        capabilities.add(Capability.NETWORK_BYTES);
        return List.of(installation.extensions().getFirst(), second.with(capabilities));
    }

    @Test
    void bytes_are_charged_by_the_gib_with_the_next_minute() {
        var sandbox = create();
        transfer(sandbox, 2 * GIB, GIB / 2);
        pass(Duration.ofMinutes(1));
        assertThat(consumed()).isEqualTo(money("0.76")); // 0.06 + 0.2 + 0.5
        pass(Duration.ofMinutes(1));
        assertThat(consumed()).as("counted once").isEqualTo(money("0.82"));
        transfer(sandbox, 0, GIB);
        pass(Duration.ofMinutes(1));
        assertThat(consumed()).isEqualTo(money("1.88"));
    }

    @Test
    void the_bill_has_a_line_for_each_direction_in_gib() {
        var sandbox = create();
        transfer(sandbox, 3 * GIB, GIB / 4);
        pass(Duration.ofMinutes(1));
        destroy(sandbox);
        assertThat(quantity(Meter.NETWORK_IN)).isEqualByComparingTo("3");
        assertThat(quantity(Meter.NETWORK_OUT)).isEqualByComparingTo("0.25");
        assertThat(bill()).allSatisfy(line -> assertThat(line.isPriced()).isTrue());
        assertThat(sum()).isEqualTo(consumed()).isEqualTo(money("0.61"));
    }

    @Test
    void bytes_since_the_last_minute_are_charged_when_a_sandbox_is_destroyed() {
        var sandbox = create();
        advance(Duration.ofSeconds(10));
        transfer(sandbox, GIB, GIB);
        destroy(sandbox);
        assertThat(sum()).isEqualTo(money("1.11"));
    }

    @Test
    void bytes_of_the_last_moment_are_charged_when_a_sandbox_ends_at_its_deadline() {
        var sandbox = create();
        pass(TestInstallation.TTL.minusSeconds(1));
        transfer(sandbox, GIB, 0);
        advance(Duration.ofSeconds(5));
        process.sandboxes().repair().repairUnfinished();
        assertThat(find(sandbox).reason()).isEqualTo(EndReason.EXPIRED);
        assertThat(sum()).isEqualTo(money("0.7"));
    }

    @Test
    void bytes_that_are_read_after_all_time_was_measured_are_charged_once() {
        var sandbox = create();
        advance(TestInstallation.TTL);
        process.metering().tick(installation.clock().instant());
        transfer(sandbox, GIB, 0);
        process.sandboxes().repair().repairUnfinished();
        assertThat(sum()).isEqualTo(money("0.7"));
    }

    @Test
    void the_last_reading_of_a_lost_sandbox_is_charged() {
        var sandbox = create();
        transfer(sandbox, GIB, 0);
        pass(Duration.ofMinutes(1));
        transfer(sandbox, GIB, 0);
        process.sandboxes().readNetwork();
        transfer(sandbox, 5 * GIB, 0);
        installation.second().lose(sandbox.requireRef());
        process.sandboxes().repair().reconcile(extensions());
        assertThat(find(sandbox).reason()).isEqualTo(EndReason.LOST);
        assertThat(quantity(Meter.NETWORK_IN)).isEqualByComparingTo("2");
        assertThat(sum()).isEqualTo(money("0.26"));
    }

    @Test
    void after_a_crash_what_was_read_is_charged_once() {
        var sandbox = create();
        transfer(sandbox, GIB, GIB);
        process.sandboxes().readNetwork();
        installation.kill(process);
        process = installation.start(extensions());
        pass(Duration.ofMinutes(1));
        installation.kill(process);
        process = installation.start(extensions());
        process.sandboxes().readNetwork();
        destroy(sandbox);
        assertThat(sum()).isEqualTo(money("1.16"));
    }

    @Test
    void a_lower_reading_changes_nothing() {
        var sandbox = create();
        transfer(sandbox, 2 * GIB, 2 * GIB);
        pass(Duration.ofMinutes(1));
        transfer(sandbox, -GIB, -2 * GIB);
        pass(Duration.ofMinutes(1));
        assertThat(consumed()).isEqualTo(money("2.32"));
        destroy(sandbox);
        assertThat(quantity(Meter.NETWORK_OUT)).isEqualByComparingTo("2");
    }

    @Test
    void a_pause_charges_earlier_bytes_and_counting_continues_afterwards() {
        var sandbox = create();
        transfer(sandbox, GIB, 0);
        advance(Duration.ofSeconds(10));
        process.sandboxes().pause(find(sandbox));
        assertThat(consumed()).isEqualTo(money("0.11"));
        advance(Duration.ofHours(2));
        process.sandboxes().resume(find(sandbox), TestInstallation.TTL, profile());
        transfer(sandbox, GIB, 0);
        advance(Duration.ofSeconds(10));
        destroy(sandbox);
        assertThat(quantity(Meter.NETWORK_IN)).isEqualByComparingTo("2");
        assertThat(sum()).isEqualTo(money("0.22"));
    }

    @Test
    void without_a_price_bytes_are_free_but_have_a_line_if_there_are_any() {
        reprice(card("0", "0"));
        var talks = create();
        var silent = create();
        transfer(talks, GIB, GIB);
        pass(Duration.ofMinutes(1));
        destroy(talks);
        destroy(silent);
        assertThat(quantity(Meter.NETWORK_IN)).isEqualByComparingTo("1");
        assertThat(bill())
                .filteredOn(line -> line.meter() == Meter.NETWORK_IN)
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.cost().billed()).isEqualTo(Money.ZERO);
                    assertThat(line.subject().sandbox()).isEqualTo(talks.id().value());
                });
        assertThat(sum()).isEqualTo(money("0.12"));
    }

    @Test
    void bytes_without_a_known_price_have_an_unknown_cost() {
        reprice();
        var sandbox = create();
        transfer(sandbox, GIB, 0);
        destroy(sandbox);
        assertThat(bill())
                .filteredOn(line -> line.meter() == Meter.NETWORK_IN)
                .singleElement()
                .satisfies(line -> assertThat(line.cost().billed()).isNull());
    }

    @Test
    void a_hold_covers_time_and_not_bytes() {
        prepay("1");
        create();
        assertThat(held()).isEqualTo(money("0.6"));
    }

    @Test
    void a_sandbox_whose_bytes_have_used_up_the_credit_is_ended() {
        prepay("1");
        var sandbox = create();
        transfer(sandbox, 3 * GIB, 0);
        advance(Duration.ofSeconds(30));
        assertThat(process.sandboxes().watchNetwork()).as("0.3 can be paid").isEmpty();
        transfer(sandbox, 8 * GIB, 0);
        assertThat(process.sandboxes().watchNetwork())
                .singleElement()
                .satisfies(told -> assertThat(told.text()).contains("no credit left"));
        assertThat(find(sandbox).reason()).isEqualTo(EndReason.BUDGET);
        assertThat(sum()).isEqualTo(money("1.13"));
        assertThat(process.ledger().balance(ME).balance()).isEqualTo(money("-0.13"));
    }

    @Test
    void a_sandbox_with_a_maximum_cost_is_ended_when_its_bytes_reach_it() {
        var terms = Terms.DEFAULT.withMaxCost(money("0.7"));
        var sandbox = process.sandboxes()
                .create(CreateSandbox.of(ME, profile()).terms(terms).build());
        transfer(sandbox, GIB, GIB);
        assertThat(process.sandboxes().watchNetwork()).hasSize(1);
        assertThat(find(sandbox).state()).isEqualTo(SandboxState.STOPPED);
    }

    @Test
    void a_grace_covers_time_but_no_bytes() {
        var cards = List.of(card("0.1", "1"));
        process.close();
        installation.price(new RateCards("USD", cards, List.of(), PriceRules.NONE, Map.of(), Duration.ofMinutes(5)));
        process = installation.start(extensions());
        prepay("1");
        var sandbox = create();
        transfer(sandbox, 0, GIB);
        pass(Duration.ofMinutes(1));
        assertThat(process.sandboxes().watchNetwork())
                .as("0.06 is owed, for time")
                .isEmpty();
        transfer(sandbox, 0, GIB);
        assertThat(process.sandboxes().watchNetwork()).hasSize(1);
        assertThat(find(sandbox).reason()).isEqualTo(EndReason.BUDGET);
    }

    @Test
    void a_sandbox_whose_deadline_has_passed_ends_as_expired_whatever_its_bytes() {
        prepay("1");
        var sandbox = create();
        transfer(sandbox, GIB, 0);
        advance(TestInstallation.TTL.plusSeconds(1));
        assertThat(process.sandboxes().watchNetwork()).isEmpty();
        process.sandboxes().repair().repairUnfinished();
        assertThat(find(sandbox).reason()).isEqualTo(EndReason.EXPIRED);
    }

    @Test
    void a_sandbox_of_a_consumer_without_a_limit_continues() {
        var sandbox = create();
        transfer(sandbox, 1000 * GIB, 1000 * GIB);
        assertThat(process.sandboxes().watchNetwork()).isEmpty();
        assertThat(find(sandbox).state()).isEqualTo(SandboxState.RUNNING);
    }

    private void prepay(String amount) {
        process.ledger().changeTerms(ME, terms -> CreditTerms.PREPAID);
        process.ledger()
                .grant(new Grant.Request(
                        UUID.randomUUID().toString(), ME, Grant.Kind.PAID, money(amount), 0, null, ""));
    }

    private void reprice(RateCard... cards) {
        process.close();
        installation.price(cards);
        process = installation.start(extensions());
    }

    private static Profile profile() {
        return TestInstallation.profile(PaidSandboxes.SECOND);
    }

    private Sandbox create() {
        return process.sandboxes().create(CreateSandbox.of(ME, profile()).build());
    }

    private Sandbox find(Sandbox sandbox) {
        return process.sandboxes().find(sandbox.id()).orElseThrow();
    }

    private void destroy(Sandbox sandbox) {
        process.sandboxes().destroy(find(sandbox));
    }

    private void transfer(Sandbox sandbox, long in, long out) {
        installation.second().transfer(sandbox.requireRef(), in, out);
    }

    private void advance(Duration time) {
        installation.clock().advance(time);
    }

    /** Advances the clock, then reads the network and ticks the meter as a server does. */
    private void pass(Duration time) {
        advance(time);
        process.sandboxes().readNetwork();
        process.metering().tick(installation.clock().instant());
    }

    private List<ChargeLine> bill() {
        var lines = new ArrayList<ChargeLine>();
        var query = new ChargeQuery(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"), null, null);
        process.metering().forEach(query, installation.clock().instant(), lines::add);
        return lines;
    }

    private BigDecimal quantity(Meter meter) {
        return bill().stream()
                .filter(line -> line.meter() == meter)
                .map(ChargeLine::quantity)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private Money sum() {
        return bill().stream().map(line -> line.cost().billed()).reduce(Money.ZERO, Money::plus);
    }

    private Money consumed() {
        return process.ledger().balance(ME).consumed();
    }

    private Money held() {
        return process.ledger().openHolds(ME).stream().map(Hold::remaining).reduce(Money.ZERO, Money::plus);
    }

    private static Money money(String amount) {
        return Money.parse(amount);
    }
}
