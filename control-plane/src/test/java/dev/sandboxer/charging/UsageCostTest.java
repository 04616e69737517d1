package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.ledger.CreditTerms;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the usage of a sandbox costs the consumer and the platform, and the lines of its bill. A second costs 0.001, a creation 0.01. */
class UsageCostTest {
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
    void the_cost_of_a_sandbox_is_known_at_any_time() {
        paid.grant("0.31");
        var charges = new SandboxCharges(
                paid.process().ledger(),
                paid.process().metering(),
                paid.installation().clock());
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(100));
        var running = charges.of(sandbox);
        assertThat(running.cost()).isEqualByComparingTo("0.11");
        assertThat(running.payer()).isEqualTo("platform");
        assertThat(running.backendCost())
                .as("between the platform and its backend")
                .isNull();
        assertThat(running.wantedUntil()).isEqualTo(sandbox.createdAt().plus(TestInstallation.TTL));
        paid.destroy(sandbox);
        paid.pass(Duration.ofSeconds(100));
        assertThat(charges.of(paid.find(sandbox)).cost()).isEqualByComparingTo("0.11");
        assertThat(charges.of(paid.find(sandbox)).held()).isEqualByComparingTo("0");
    }

    @Test
    void a_consumer_sees_what_its_own_backend_bills_it() {
        paid.installation().addCredential("key_ownkey00", false);
        var charges = new SandboxCharges(
                paid.process().ledger(),
                paid.process().metering(),
                paid.installation().clock());
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(100));
        assertThat(charges.of(sandbox)).satisfies(own -> {
            assertThat(own.payer()).isEqualTo("owner");
            assertThat(own.cost()).isEqualByComparingTo("0");
            assertThat(own.backendCost()).isEqualByComparingTo("0.11");
        });
    }

    @Test
    void a_sandbox_with_its_consumers_own_credential_costs_it_nothing_here() {
        paid.installation().addCredential("key_ownkey00", false);
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(100));
        paid.destroy(sandbox);
        assertThat(paid.process().ledger().hold(sandbox.id().value())).isEmpty();
        assertThat(paid.bill()).hasSize(3).allSatisfy(line -> {
            assertThat(line.subject().tariff().payer()).isEqualTo(Payer.OWNER);
            assertThat(line.cost().billed()).isEqualTo(Money.ZERO);
        });
        assertThat(paid.bill().getFirst().backendCost())
                .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("0.1"));
    }

    @Test
    void a_free_sandbox_is_measured_too() {
        var sandbox = paid.process()
                .sandboxes()
                .create(CreateSandbox.of(PaidSandboxes.ME, TestInstallation.profile(PaidSandboxes.FIRST))
                        .build());
        paid.pass(Duration.ofSeconds(10));
        paid.destroy(sandbox);
        assertThat(paid.bill()).extracting(ChargeLine::meter).containsExactly(Meter.CPU, Meter.MEMORY);
        assertThat(paid.bill().getFirst().quantity()).isEqualByComparingTo("10");
        assertThat(paid.bill().getFirst().cost().billed()).isEqualTo(Money.ZERO);
    }

    @Test
    void the_creation_of_a_free_sandbox_runs_one_statement_about_its_price() {
        var all = new CopyOnWriteArrayList<String>();
        paid.installation().watchStatements(all::add);
        paid.process()
                .sandboxes()
                .create(CreateSandbox.of(PaidSandboxes.ME, TestInstallation.profile(PaidSandboxes.FIRST))
                        .build());
        assertThat(all)
                .filteredOn(sql -> sql.matches("(?s).*\\b(meters|holds|credit_accounts|grants)\\b.*"))
                .singleElement()
                .asString()
                .startsWith("INSERT INTO meters");
    }

    @Test
    void a_free_sandbox_that_could_not_be_created_has_used_nothing() {
        paid.installation().first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertThatThrownBy(() -> paid.process()
                        .sandboxes()
                        .create(CreateSandbox.of(PaidSandboxes.ME, TestInstallation.profile(PaidSandboxes.FIRST))
                                .build()))
                .isInstanceOf(SandboxException.class);
        paid.pass(Duration.ofHours(2));
        paid.tick();
        assertThat(paid.bill()).isEmpty();
    }

    @Test
    void an_unknown_price_is_not_a_price_of_zero() {
        paid.restart(() -> paid.installation().price());
        assertRefused(paid::create);
        paid.process().ledger().changeTerms(PaidSandboxes.ME, terms -> CreditTerms.UNLIMITED);
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(10));
        paid.destroy(sandbox);
        assertThat(paid.bill())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.cost().billed()).isNull());
    }

    @Test
    void the_bill_has_a_line_for_each_hour_and_meter_which_sum_up_to_what_was_captured() {
        paid.grant("10");
        var sandbox = paid.create(Duration.ofMinutes(55));
        for (int i = 0; i < 54; i++) {
            paid.pass(Duration.ofMinutes(1).plusMillis(i));
            paid.tick();
        }
        paid.pass(Duration.ofMinutes(20));
        paid.process().sandboxes().repair().repairUnfinished();
        paid.tick();
        assertThat(paid.find(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(paid.billed()).isEqualTo(paid.consumed()).isEqualTo(money("3.31"));
        assertThat(paid.bill()).extracting(ChargeLine::id).doesNotHaveDuplicates();
        assertThat(paid.bill().stream().filter(line -> line.meter() == Meter.CREATION))
                .hasSize(1);
    }

    @Test
    void a_sandbox_across_the_hour_has_one_creation_on_its_bill() {
        paid.grant("10");
        paid.pass(Duration.ofMinutes(30));
        var sandbox = paid.create(Duration.ofHours(1));
        for (int minute = 0; minute < 50; minute++) {
            paid.pass(Duration.ofMinutes(1));
            paid.tick();
        }
        paid.destroy(sandbox);

        assertThat(paid.bill().stream()
                        .map(line -> line.start().truncatedTo(ChronoUnit.HOURS))
                        .distinct())
                .hasSize(2);
        assertThat(paid.bill().stream().filter(line -> line.meter() == Meter.CREATION))
                .hasSize(1);
        assertThat(paid.bill().stream()
                        .map(line -> line.backendCost().orElseThrow())
                        .reduce(BigDecimal.ZERO, BigDecimal::add))
                .as("the backend's list price, without a mark-up")
                .isEqualByComparingTo(paid.billed().amount());
    }

    @Test
    void the_bill_tells_prepaid_usage_from_usage_on_credit() {
        paid.process().ledger().changeTerms(PaidSandboxes.ME, terms -> terms.withLimit(money("5")));
        paid.grant("0.05");
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(90));
        paid.destroy(sandbox);
        assertThat(paid.billed()).isEqualTo(money("0.1"));
        assertThat(paid.bill().stream().map(line -> line.cost().prepaid()).reduce(Money.ZERO, Money::plus))
                .isEqualTo(money("0.05"));
        assertThat(paid.balance()).isEqualTo(money("-0.05"));
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
