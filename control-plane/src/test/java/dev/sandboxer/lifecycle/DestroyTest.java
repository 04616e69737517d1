package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.Outcome;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Ending;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.RepairChecks;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DestroyTest extends InstallationTest {
    @Test
    void a_destroyed_sandbox_runs_nowhere_and_its_row_says_when_and_why() {
        var sandbox = create();
        installation.clock().advance(Duration.ofSeconds(7));

        var ended = sandboxes().destroy(sandbox);

        assertThat(ended.state()).isEqualTo(SandboxState.STOPPED);
        assertThat(ended.reason()).isEqualTo(EndReason.KILLED);
        assertThat(ended.endedAt()).isEqualTo(sandbox.createdAt().plusSeconds(7));
        assertThat(read(sandbox)).isEqualTo(ended);
        assertThat(installation.running()).isEmpty();
    }

    @Test
    void a_sandbox_that_ends_with_its_command_has_completed_with_the_exit_code() {
        var sandbox = sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                        .command("make test")
                        .build());

        var ended = sandboxes().complete(sandbox, 7);

        assertThat(ended.ending()).isEqualTo(Ending.completed(7));
        assertThat(read(sandbox)).isEqualTo(ended);
        assertThat(read(sandbox).command()).isEqualTo("make test");
        assertThat(read(sandbox).hasEnded()).hasMessageContaining("has ended (completed, exit code 7 at ");
    }

    @Test
    void a_sandbox_that_expired_is_not_completed_by_its_command() {
        var sandbox = create();
        installation.clock().advance(Duration.ofDays(1));
        installation.repair();

        assertThat(sandboxes().complete(read(sandbox), 137).ending()).isEqualTo(Ending.of(EndReason.EXPIRED));
    }

    @Test
    void an_end_that_repair_has_to_finish_keeps_its_exit_code() {
        var sandbox = create();
        first().plan(Call.DESTROY, Fault.refused(Kind.TRANSIENT));
        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().complete(sandbox, 3));

        installation.kill(process);
        installation.repair();

        process = installation.start();
        assertThat(read(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(read(sandbox).ending()).isEqualTo(Ending.completed(3));
    }

    @Test
    void the_row_is_stopping_before_the_backend_is_called() {
        var sandbox = create();
        installation.crashes().reset();

        sandboxes().destroy(sandbox);

        assertThat(installation.crashes().passed())
                .containsExactly(
                        "COMMIT before",
                        "COMMIT after",
                        "DESTROY before",
                        "DESTROY after",
                        "COMMIT before",
                        "COMMIT after");
    }

    @Test
    void destroying_again_changes_nothing() {
        var ended = sandboxes().destroy(create());
        installation.clock().advance(Duration.ofHours(1));
        installation.crashes().reset();

        assertThat(sandboxes().destroy(ended)).isEqualTo(ended);
        assertThat(installation.crashes().passed()).isEmpty();
    }

    @Test
    void a_sandbox_that_the_backend_has_lost_can_be_destroyed() {
        var sandbox = create();
        first().lose(Objects.requireNonNull(sandbox.ref()));
        assertThat(sandboxes().destroy(sandbox).state()).isEqualTo(SandboxState.STOPPED);
    }

    @Test
    void when_the_backend_fails_it_stays_stopping_and_repair_finishes() {
        var sandbox = create();
        first().plan(Call.DESTROY, Fault.refused(Kind.TRANSIENT), Fault.refused(Kind.TRANSIENT));

        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().destroy(sandbox))
                .hasMessageContaining("ext.first could not end sandbox " + sandbox.id());
        assertThat(read(sandbox).state()).isEqualTo(SandboxState.STOPPING);
        assertThat(read(sandbox).reason()).isEqualTo(EndReason.KILLED);

        installation.kill(process);
        assertThat(installation.repair())
                .singleElement()
                .satisfies(settled -> assertThat(settled.text()).startsWith("not settled: "));
        installation.repair();

        process = installation.start();
        assertThat(read(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(read(sandbox).reason()).isEqualTo(EndReason.KILLED);
        RepairChecks.check(installation, "two failures to destroy");
    }

    @Test
    void an_end_whose_answer_was_lost_is_finished_by_repair() {
        var sandbox = create();
        first().plan(Call.DESTROY, new Fault.AnswerLost());
        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().destroy(sandbox));

        assertThat(sandboxes().destroy(read(sandbox)).state()).isEqualTo(SandboxState.STOPPED);
    }

    @Test
    void a_stopping_sandbox_can_be_neither_used_nor_extended() {
        var sandbox = create();
        first().plan(Call.DESTROY, new Fault.RequestLost());
        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().destroy(sandbox));

        assertFails(ErrorCode.CONFLICT, () -> sandboxes().use(read(sandbox), session -> "never"))
                .hasMessageContaining("is stopping, not running");
        assertFails(
                ErrorCode.CONFLICT,
                () -> sandboxes().extend(read(sandbox), Duration.ofMinutes(1), installation.profile()));
    }

    @Test
    void a_sandbox_that_is_destroyed_during_its_creation_never_runs() {
        var once = new AtomicBoolean();
        first().watch(point -> {
            if (point.equals("CREATE after") && once.compareAndSet(false, true)) {
                sandboxes().destroy(only());
            }
        });

        assertFails(ErrorCode.CONFLICT, this::create);

        assertThat(installation.running()).isEmpty();
        assertThat(only().state()).isEqualTo(SandboxState.FAILED);
        assertThat(only().reason()).isEqualTo(EndReason.KILLED);
        assertThat(sandboxes().attempts(only())).extracting(Attempt::outcome).containsExactly(Outcome.NOT_FOUND);
    }

    @Test
    void a_sandbox_destroyed_just_before_its_backend_creates_it_never_runs_even_if_the_backend_fails() {
        var once = new AtomicBoolean();
        first().watch(point -> {
            if (point.equals("CREATE before") && once.compareAndSet(false, true)) {
                sandboxes().destroy(only());
            }
        });
        first().plan(Call.DESTROY, Fault.refused(Kind.TRANSIENT));

        assertFails(ErrorCode.CONFLICT, this::create);
        assertThat(installation.running()).hasSize(1);

        installation.kill(process);
        installation.repair();
        assertThat(installation.running()).isEmpty();
        RepairChecks.check(installation, "a destroy during create");
        process = installation.start();
    }
}
