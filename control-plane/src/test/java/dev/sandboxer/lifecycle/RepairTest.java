package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.Repair.Settled;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.RepairChecks;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RepairTest extends InstallationTest {
    @Test
    void with_nothing_to_repair_no_backend_is_called_and_nothing_changes() {
        var sandbox = create();
        installation.crashes().reset();

        assertThat(repairUnfinished()).isEmpty();

        assertThat(installation.crashes().passed()).isEmpty();
        assertThat(read(sandbox)).isEqualTo(sandbox);
    }

    @Test
    void a_creation_of_a_living_process_is_left_alone() {
        loseTheAnswer();
        var parent = ProcessHandle.current().parent().orElseThrow().pid();
        process.database()
                .write(handle -> handle.execute(
                        "UPDATE sandboxes SET actor = ?, lease_until = ?",
                        ProcessIdentity.of(parent).text(),
                        installation.clock().millis() + 1));

        assertThat(repairUnfinished()).isEmpty();
        assertThat(only().state()).isEqualTo(SandboxState.PROVISIONING);
    }

    @Test
    void a_creation_that_this_process_gave_up_is_settled_while_the_process_lives() {
        loseTheAnswer();

        assertThat(repairUnfinished()).hasSize(1);
        assertThat(only().state()).isEqualTo(SandboxState.FAILED);
        assertThat(installation.running()).isEmpty();
    }

    private void loseTheAnswer() {
        first().plan(Call.CREATE, new Fault.AnswerLost());
        first().plan(Call.FIND, new Fault.RequestLost());
        assertFails(ErrorCode.BACKEND_FAILED, this::create);
        installation.crashes().reset();
    }

    @Test
    void past_its_deadline_a_sandbox_has_expired_at_its_deadline() {
        var sandbox = create();
        installation.clock().advance(Duration.ofMinutes(42));

        repairUnfinished();

        assertThat(read(sandbox).reason()).isEqualTo(EndReason.EXPIRED);
        assertThat(read(sandbox).endedAt()).isEqualTo(sandbox.deadline());
    }

    @Test
    void a_sandbox_that_runs_after_its_deadline_is_ended_at_its_backend() {
        var sandbox = create();
        first().plan(Call.SET_DEADLINE, new Fault.AnswerLost());
        assertFails(
                ErrorCode.BACKEND_FAILED,
                () -> sandboxes().extend(sandbox, Duration.ofMinutes(50), installation.profile()));
        installation.clock().advance(Duration.ofMinutes(10));
        assertThat(installation.running()).hasSize(1);

        repairUnfinished();

        assertThat(installation.running()).isEmpty();
        assertThat(read(sandbox).reason()).isEqualTo(EndReason.EXPIRED);
    }

    @Test
    void a_sandbox_does_not_outlive_the_process_that_holds_it() {
        var living = held(ProcessIdentity.current());
        var orphan = held(new ProcessIdentity(TestInstallation.DEAD));

        assertThat(repairUnfinished())
                .containsExactly(new Settled(orphan.id(), "its command was interrupted; cleaned up"));

        assertThat(read(orphan).reason()).isEqualTo(EndReason.ABANDONED);
        assertThat(read(living).state()).isEqualTo(SandboxState.RUNNING);
        assertThat(installation.running()).hasSize(1);
    }

    @Test
    void a_sandbox_that_cannot_be_settled_does_not_block_the_others() {
        held(new ProcessIdentity(TestInstallation.DEAD));
        held(new ProcessIdentity(TestInstallation.DEAD));
        first().plan(Call.DESTROY, Fault.refused(Kind.TRANSIENT));

        assertThat(repairUnfinished())
                .extracting(Settled::text)
                .anySatisfy(text -> assertThat(text).startsWith("not settled"))
                .anySatisfy(text -> assertThat(text).endsWith("cleaned up"));
    }

    @Test
    void a_sandbox_of_an_extension_that_is_no_longer_installed_is_reported_and_kept() {
        var orphan = held(new ProcessIdentity(TestInstallation.DEAD));
        try (var other = installation.start(List.of())) {
            assertThat(other.sandboxes().repair().repairUnfinished())
                    .singleElement()
                    .satisfies(settled -> assertThat(settled.text()).contains("not settled", "ext.first"));
        }
        assertThat(read(orphan).state().ended()).isFalse();
    }

    @Test
    void a_sandbox_that_its_backend_no_longer_has_is_lost() {
        var lost = create();
        var kept = create();
        first().lose(Objects.requireNonNull(lost.ref()));

        assertThat(reconcile()).extracting(Settled::sandbox).containsExactly(lost.id());

        assertThat(read(lost).reason()).isEqualTo(EndReason.LOST);
        assertThat(read(kept)).isEqualTo(kept);
    }

    @Test
    void a_list_that_is_empty_once_proves_nothing() {
        var sandbox = create();
        first().plan(Call.LIST, new Fault.SeesNothing());

        assertThat(reconcile()).isEmpty();
        assertThat(read(sandbox)).isEqualTo(sandbox);
    }

    @Test
    void a_list_that_stays_empty_proves_nothing_while_the_sandbox_itself_is_found() {
        var sandbox = create();
        first().plan(Call.LIST, new Fault.SeesNothing(), new Fault.SeesNothing());
        first().plan(Call.FIND, new Fault.SeesNothing(), new Fault.SeesNothing());

        assertThat(reconcile()).isEmpty();
        assertThat(reconcile()).isEmpty();
        assertThat(read(sandbox)).isEqualTo(sandbox);
        assertThat(installation.running()).hasSize(1);
    }

    @Test
    void a_repair_that_fails_is_tried_at_growing_intervals() {
        held(new ProcessIdentity(TestInstallation.DEAD));
        for (int i = 0; i < 20; i++) {
            first().plan(Call.DESTROY, Fault.refused(Kind.TRANSIENT));
        }
        var tries = 0;
        for (int second = 0; second < 300; second++) {
            tries += repairUnfinished().size();
            installation.clock().advance(Duration.ofSeconds(1));
        }
        assertThat(tries).isEqualTo(9); // after 1, 2, 4 … 256 s
        first().heal();
        installation.clock().advance(Duration.ofMinutes(5));
        assertThat(repairUnfinished()).extracting(Settled::text).containsExactly("its end was interrupted; cleaned up");
    }

    @Test
    void a_list_that_fails_proves_nothing_and_the_other_extensions_are_still_reconciled() {
        first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        var atSecond = create();
        var atFirst = create();
        first().lose(Objects.requireNonNull(atFirst.ref()));
        second().lose(Objects.requireNonNull(atSecond.ref()));
        first().plan(Call.LIST, new Fault.RequestLost());

        assertThat(reconcile()).extracting(Settled::sandbox).containsExactly(atSecond.id());
        assertThat(read(atFirst)).isEqualTo(atFirst);
    }

    @Test
    void a_sandbox_that_runs_although_its_row_has_ended_is_destroyed() {
        var sandbox = create();
        forget(sandbox);

        assertThat(reconcile()).extracting(Settled::sandbox).containsExactly(sandbox.id());
        assertThat(installation.running()).isEmpty();
    }

    @Test
    void a_stray_sandbox_that_cannot_be_destroyed_does_not_block_the_others() {
        forget(create());
        forget(create());
        var lost = create();
        first().lose(Objects.requireNonNull(lost.ref()));
        first().plan(Call.DESTROY, Fault.refused(Kind.TRANSIENT));

        reconcile();

        assertThat(installation.running())
                .as("all strays but the one that failed")
                .hasSize(1);
        assertThat(read(lost).reason()).isEqualTo(EndReason.LOST);
    }

    @Test
    void a_sandbox_that_another_process_is_creating_is_not_a_stray() {
        first().watch(point -> {
            if (point.equals("CREATE after")) {
                reconcile();
                repairUnfinished();
            }
        });

        assertThat(create().state()).isEqualTo(SandboxState.RUNNING);
        assertThat(installation.running()).hasSize(1);
    }

    /** Returns an ended sandbox that its backend still runs. */
    private void forget(Sandbox sandbox) {
        process.database()
                .write(handle -> handle.execute(
                        "UPDATE sandboxes SET state = 'STOPPED', ended_at = 0 WHERE id = ?",
                        sandbox.id().value()));
    }

    private Sandbox held(ProcessIdentity holder) {
        return sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                        .holder(holder)
                        .build());
    }

    private List<Settled> repairUnfinished() {
        return sandboxes().repair().repairUnfinished();
    }

    private List<Settled> reconcile() {
        return sandboxes().repair().reconcile(installation.extensions());
    }

    @Test
    void a_sandbox_that_a_late_call_resumed_or_paused_is_corrected_as_its_row_says() {
        var paused = create();
        var running = create();
        sandboxes().pause(paused);
        first().plan(Call.RESUME, new Fault.Late());
        first().plan(Call.PAUSE, new Fault.Late());
        assertFails(
                ErrorCode.BACKEND_FAILED,
                () -> sandboxes().resume(paused, TestInstallation.TTL, installation.profile()));
        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().pause(running));
        sandboxes().pause(paused);
        sandboxes().resume(running, TestInstallation.TTL, installation.profile());

        first().catchUp();
        var settled = sandboxes().repair().reconcile(installation.extensions());

        assertThat(settled)
                .extracting(Settled::text)
                .containsExactlyInAnyOrder("it ran though it was paused; paused again", "it was paused; resumed again");
        assertThat(read(paused).state()).isEqualTo(SandboxState.PAUSED);
        assertThat(read(running).state()).isEqualTo(SandboxState.RUNNING);
        RepairChecks.check(installation, "late calls");
        assertThat(sandboxes().repair().reconcile(installation.extensions())).isEmpty();
    }
}
