package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.payments.Money;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.MemoryDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The charged time when processes die, backends fail and the clock is wrong. Tests begin at noon. */
class ChargedTimeTest {
    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    private PaidSandboxes paid;

    @BeforeEach
    void start() {
        paid = new PaidSandboxes(home);
        paid.grant("100");
    }

    @AfterEach
    void stop() {
        paid.close();
    }

    @Test
    void a_restart_in_the_middle_of_a_window_loses_no_time_and_charges_none_twice() {
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(90));
        paid.tick();
        paid.pass(Duration.ofSeconds(25));
        paid.restart();
        paid.tick();
        paid.pass(Duration.ofSeconds(10));
        paid.tick();
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("0.135"));
        paid.audit();
    }

    @Test
    void the_hour_of_a_pause_is_billed_even_if_the_hour_before_was_not() {
        paid.pass(Duration.ofMinutes(30));
        var sandbox = paid.create(Duration.ofMinutes(55));
        paid.pass(Duration.ofMinutes(40)); // without a tick
        paid.pause(sandbox);
        paid.pass(Duration.ofMinutes(5));
        paid.tick();
        paid.pass(Duration.ofHours(2));
        paid.tick();
        assertThat(paid.billed()).isEqualTo(paid.consumed()).isEqualTo(money("2.41"));
        paid.destroy(sandbox);
        assertThat(paid.billed()).isEqualTo(money("2.41"));
        paid.audit();
    }

    @Test
    void a_sandbox_whose_pause_is_refused_is_measured_without_a_gap_across_the_hour() {
        paid.pass(Duration.ofMinutes(50));
        var sandbox = paid.create(Duration.ofMinutes(30));
        paid.passMetered(5);
        paid.installation().second().plan(Call.PAUSE, Fault.refused(Kind.TRANSIENT));
        paid.installation().second().watch(point -> {
            if (point.equals("PAUSE before")) {
                paid.passMetered(10);
            }
        });
        assertThatThrownBy(() -> paid.pause(sandbox)).isInstanceOf(RuntimeException.class);
        assertThat(paid.find(sandbox).state()).isEqualTo(SandboxState.RUNNING);
        paid.passMetered(5);
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("1.21"));
        assertThat(paid.billed()).isEqualTo(money("1.21"));
        paid.audit();
    }

    @Test
    void a_sandbox_that_ends_with_an_unconfirmed_pause_is_charged_until_the_pause_was_requested() {
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(60));
        paid.installation().second().plan(Call.PAUSE, new Fault.AnswerLost());
        assertThatThrownBy(() -> paid.pause(sandbox)).isInstanceOf(RuntimeException.class);
        paid.pass(Duration.ofSeconds(300));
        paid.tick();
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("0.07"));
        paid.audit();
    }

    @Test
    void an_unconfirmed_pause_before_a_resumption_is_not_charged() {
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(60));
        paid.installation().second().plan(Call.PAUSE, new Fault.AnswerLost());
        assertThatThrownBy(() -> paid.pause(sandbox)).isInstanceOf(RuntimeException.class);
        paid.restart();
        paid.pass(Duration.ofSeconds(300));
        paid.resume(sandbox, Duration.ofMinutes(10));
        paid.pass(Duration.ofSeconds(40));
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("0.11"));
        paid.audit();
    }

    @Test
    void a_resumption_that_the_backend_refuses_holds_nothing() {
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(60));
        paid.pause(sandbox);
        paid.installation().second().plan(Call.RESUME, Fault.refused(Kind.CAPACITY));
        assertThatThrownBy(() -> paid.resume(sandbox, Duration.ofMinutes(5))).isInstanceOf(RuntimeException.class);
        assertThat(paid.find(sandbox).state()).isEqualTo(SandboxState.PAUSED);
        assertThat(paid.held()).isEqualTo(Money.ZERO);
        paid.pass(Duration.ofHours(1));
        paid.tick();
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("0.07"));
        paid.audit();
    }

    @Test
    void a_sandbox_that_is_resumed_once_more_loses_no_time_and_needs_no_further_credit() {
        paid.installation().price(PaidSandboxes.card(PaidSandboxes.SECOND, "0.0010000006", "0.01"));
        paid.restart();
        var owner = paid.process().ledger();
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(59));
        paid.installation().second().plan(Call.PAUSE, new Fault.Late());
        assertThatThrownBy(() -> paid.pause(sandbox)).isInstanceOf(RuntimeException.class);
        paid.resume(sandbox, Duration.ofMinutes(10));
        paid.process().database().transaction(handle -> {
            owner.correct(
                    handle,
                    "all",
                    PaidSandboxes.ME,
                    null,
                    Money.ZERO.minus(paid.balance()),
                    "nothing is left beside what is held");
            return true;
        });
        paid.pass(Duration.ofSeconds(61));
        paid.tick(); // captured and remaining amounts are rounded: their sum may exceed the hold
        paid.installation().second().catchUp(); // the late pause arrives
        paid.process().sandboxes().repair().reconcile(paid.installation().extensions());
        assertThat(paid.find(sandbox).pending()).isNull();
        assertThat(paid.installation().running().values())
                .singleElement()
                .satisfies(it -> assertThat(it.paused()).isFalse());
        paid.pass(Duration.ofSeconds(45));
        paid.destroy(sandbox);
        paid.audit();
        assertThat(paid.billed()).isEqualTo(money("0.175000099"));
    }

    @Test
    void a_clock_that_jumps_back_while_a_sandbox_runs_charges_no_time_twice() {
        var sandbox = paid.create(Duration.ofMinutes(55));
        paid.passMetered(30);
        paid.pass(Duration.ofMinutes(-20));
        paid.passMetered(25);
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("2.11"));
        ChargeAudit.of(paid.process().database()).checkMoney();
    }

    @Test
    void a_clock_that_jumps_back_while_a_sandbox_is_paused_charges_no_time_twice() {
        paid.pass(Duration.ofMinutes(20));
        var sandbox = paid.create(Duration.ofMinutes(55));
        paid.passMetered(20);
        paid.pause(sandbox);
        paid.passMetered(25); // the hour is on the bill
        paid.pass(Duration.ofMinutes(-30)); // the clock goes back, and the hour begins again
        paid.resume(sandbox, Duration.ofMinutes(55));
        paid.passMetered(40);
        paid.destroy(sandbox);
        assertThat(paid.billed()).isEqualTo(paid.consumed()).isEqualTo(money("2.11"));
        ChargeAudit.of(paid.process().database()).checkMoney();
    }

    @Test
    void a_clock_that_jumps_forward_charges_no_more_than_until_the_deadline() {
        var sandbox = paid.create();
        paid.pass(Duration.ofDays(20));
        paid.tick();
        paid.pass(Duration.ofDays(-20).plusMinutes(2));
        paid.tick();
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("0.61"));
        ChargeAudit.of(paid.process().database()).checkMoney();
    }

    @Test
    void a_suspended_host_charges_until_the_deadline_that_the_backend_kept() {
        var sandbox = paid.create();
        paid.passMetered(3);
        paid.pass(Duration.ofHours(9));
        paid.tick();
        paid.process().sandboxes().repair().repairUnfinished();
        assertThat(paid.find(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(paid.consumed()).isEqualTo(money("0.61"));
        paid.audit();
    }

    @Test
    void time_after_an_earlier_deadline_is_not_charged_even_if_the_backend_answers_late() {
        var sandbox = paid.create();
        paid.passMetered(1);
        paid.installation().second().watch(point -> {
            if (point.equals("SET_DEADLINE after")) {
                paid.passMetered(5);
            }
        });
        paid.process().sandboxes().extend(sandbox, Duration.ofMinutes(1), paid.profile());
        paid.process().sandboxes().repair().repairUnfinished();
        paid.process()
                .sandboxes()
                .list(PaidSandboxes.ME, true)
                .forEach(paid.process().sandboxes()::destroy);
        assertThat(paid.consumed()).isEqualTo(money("0.13"));
        paid.audit();
    }

    @Test
    void a_backend_whose_clock_is_behind_charges_nothing_before_the_request() {
        paid.installation().second().watch(point -> {
            if (point.equals("CREATE before")) {
                paid.pass(Duration.ofMinutes(-9));
            } else if (point.equals("CREATE after")) {
                paid.pass(Duration.ofMinutes(9));
            }
        });
        var sandbox = paid.create();
        paid.pass(Duration.ofSeconds(30));
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("0.04"));
        paid.audit();
    }

    @Test
    void a_sandbox_of_a_consumer_with_debts_gets_no_more_time() {
        var sandbox = paid.create();
        runUpDebts();
        assertThatThrownBy(() -> paid.process().sandboxes().extend(sandbox, Duration.ofMinutes(30), paid.profile()))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_CREDITS));
        assertThat(paid.find(sandbox).deadline()).isEqualTo(sandbox.deadline());
    }

    @Test
    void credit_that_runs_out_during_an_extension_is_reported_even_if_the_backend_refuses_to_undo_it() {
        var sandbox = paid.create();
        var calls = new AtomicInteger();
        paid.installation().second().watch(point -> {
            if (point.equals("SET_DEADLINE after") && calls.incrementAndGet() == 1) {
                runUpDebts();
                paid.installation().second().plan(Call.SET_DEADLINE, Fault.refused(Kind.TRANSIENT));
            }
        });

        assertThatThrownBy(() -> paid.process().sandboxes().extend(sandbox, Duration.ofMinutes(30), paid.profile()))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_CREDITS));

        assertThat(calls).as("the call, and its undoing").hasValue(2);
        assertThat(paid.find(sandbox).deadline()).isEqualTo(sandbox.deadline());
    }

    private void runUpDebts() {
        paid.process().ledger().changeTerms(PaidSandboxes.ME, terms -> terms.withLimit(Money.ZERO));
        paid.process().database().transaction(handle -> {
            paid.process()
                    .ledger()
                    .correct(handle, "all", PaidSandboxes.ME, null, Money.ZERO.minus(money("200")), "a debt");
            return true;
        });
    }

    @Test
    void a_refused_creation_costs_nothing() {
        paid.installation().second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertThatThrownBy(() -> paid.create()).isInstanceOf(SandboxException.class);
        assertThat(paid.consumed()).isEqualTo(Money.ZERO);
        assertThat(paid.held()).isEqualTo(Money.ZERO);
        paid.audit();
    }

    private static Money money(String amount) {
        return Money.parse(amount);
    }
}
