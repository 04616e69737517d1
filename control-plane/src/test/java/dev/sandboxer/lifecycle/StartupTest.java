package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.launch.Probe;
import dev.sandboxer.launch.ReadyCheck;
import dev.sandboxer.launch.StartCommand;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.PendingChange;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.FakeProcesses.Act;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StartupTest extends InstallationTest {
    private static final Launch LAUNCH =
            new Launch("serve", new ReadyCheck(Probe.Command.line("check"), Duration.ofSeconds(30)));

    /** The exit codes of successive checks. The last one repeats. */
    private final List<Integer> checks = new ArrayList<>(List.of(0));

    private final List<String> started = new ArrayList<>();
    private @Nullable Integer startExits;
    private int memoryKept = 1;
    private Consumer<String> onCheck = line -> {};

    @BeforeEach
    void processes() {
        first().run(this::act);
    }

    private Act act(ProcessSpec spec) {
        if (StartCommand.TAG.equals(spec.tag())) {
            started.add(String.join(" ", StartCommand.unwrapped(spec.argv())));
            return new Act("", startExits);
        }
        if (spec.argv().contains(StartCommand.LOG)) {
            return new Act("", memoryKept);
        }
        onCheck.accept(StartCommand.lineOf(spec.argv()));
        return new Act("not yet\n", checks.size() > 1 ? checks.removeFirst() : checks.getFirst());
    }

    private Sandbox createStarted() {
        return sandboxes().create(installation.request(LAUNCH).build());
    }

    @Test
    void create_returns_when_the_check_succeeds() {
        checks.clear();
        checks.addAll(List.of(1, 1, 0));
        var seen = new ArrayList<PendingChange>();
        onCheck = line -> seen.add(only().pending());

        var made = createStarted();

        assertThat(started).containsExactly("serve");
        assertThat(seen).hasSize(3).containsOnly(PendingChange.START);
        assertThat(made.pending()).isNull();
        assertThat(read(made)).isEqualTo(made);
        assertThat(made.launch()).isEqualTo(LAUNCH);
    }

    @Test
    void a_start_command_that_fails_ends_the_sandbox_at_once() {
        startExits = 3;
        checks.set(0, 1);

        assertFails(ErrorCode.START_FAILED, this::createStarted).hasMessageContaining("exit code 3");

        assertThat(only().state()).isEqualTo(SandboxState.STOPPED);
        assertThat(only().reason()).isEqualTo(EndReason.FAILED);
        assertThat(installation.running()).isEmpty();
        assertThat(second().created()).isEmpty();
    }

    @Test
    void a_sandbox_that_is_not_ready_in_time_is_ended_and_the_failure_shows_the_checks_output() {
        checks.set(0, 1);
        var check = new ReadyCheck(Probe.Command.line("check"), Duration.ofMillis(3));

        assertFails(
                        ErrorCode.START_FAILED,
                        () -> sandboxes()
                                .create(installation
                                        .request(new Launch(null, check))
                                        // each wait advances the clock by much more than the wait itself takes
                                        .ttl(TestInstallation.MAX_TTL)
                                        .build()))
                .hasMessageContaining("not ready within 0.003 s (ready check: check)")
                .hasMessageContaining("not yet");

        assertThat(installation.running()).isEmpty();
    }

    @Test
    void a_sandbox_that_is_destroyed_while_it_starts_has_ended() {
        checks.set(0, 1);
        onCheck = line -> sandboxes().destroy(only());

        assertFails(ErrorCode.SANDBOX_ENDED, this::createStarted);

        assertThat(only().reason()).isEqualTo(EndReason.KILLED);
    }

    @Test
    void it_can_be_extended_while_it_starts_but_not_paused() {
        checks.clear();
        checks.addAll(List.of(1, 0));
        onCheck = line -> {
            sandboxes().extend(only(), Duration.ofMinutes(20), installation.profile());
            assertFails(ErrorCode.CONFLICT, () -> sandboxes().pause(only()));
        };

        var made = createStarted();

        assertThat(made.deadline())
                .isEqualTo(only().deadline())
                .isAfter(made.createdAt().plusSeconds(1199));
    }

    @Test
    void with_an_idempotency_key_a_failed_start_is_tried_again() {
        checks.set(0, 1);
        startExits = 1;
        var request = installation.request(LAUNCH).idempotencyKey("key").build();
        onCheck = line -> assertFails(ErrorCode.CONFLICT, () -> sandboxes().create(request));
        assertFails(ErrorCode.START_FAILED, () -> sandboxes().create(request));

        onCheck = line -> {};
        startExits = null;
        checks.set(0, 0);
        var again = sandboxes().create(request);

        assertThat(again.state()).isEqualTo(SandboxState.RUNNING);
        assertThat(sandboxes().create(request)).isEqualTo(again);
    }

    @Test
    void a_resumption_runs_the_start_command_only_if_memory_was_lost() {
        var made = createStarted();

        memoryKept = 0;
        resume(made);
        assertThat(started).hasSize(1);

        memoryKept = 1;
        resume(made);
        assertThat(started).hasSize(2);
    }

    @Test
    void a_start_that_fails_after_a_resumption_leaves_the_sandbox_running() {
        var made = createStarted();
        var paused = sandboxes().pause(made);
        checks.set(0, 1);
        startExits = 4;

        assertFails(
                ErrorCode.START_FAILED,
                () -> sandboxes().resume(paused, Duration.ofMinutes(5), installation.profile()));

        assertThat(only().state()).isEqualTo(SandboxState.RUNNING);
        assertThat(only().pending()).isNull();
    }

    private void resume(Sandbox made) {
        sandboxes().resume(sandboxes().pause(read(made)), Duration.ofMinutes(5), installation.profile());
    }

    @Test
    void a_sandbox_from_its_snapshot_runs_the_same_start_command() {
        var kept = sandboxes().snapshots().make(createStarted(), null);

        var fork = sandboxes()
                .create(CreateSandbox.of(kept.consumer(), installation.profile())
                        .snapshot(sandboxes()
                                .snapshots()
                                .find(kept.consumer(), kept.id())
                                .orElseThrow())
                        .build());

        assertThat(started).hasSize(2);
        assertThat(read(fork).launch()).isEqualTo(LAUNCH);
    }

    @Test
    void its_variables_reach_the_backend() {
        var launch = new Launch("serve", null, Map.of("PORT", "80"), null, null);
        assertThat(installation.request(launch).build().effectiveEnv()).containsEntry("PORT", "80");
    }
}
