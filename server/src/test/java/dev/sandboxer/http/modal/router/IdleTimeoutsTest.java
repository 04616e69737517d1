package dev.sandboxer.http.modal.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.http.modal.router.exec.Command;
import dev.sandboxer.http.modal.router.exec.Executions;
import dev.sandboxer.http.modal.router.exec.ExitStatus;
import dev.sandboxer.http.modal.router.exec.KeptStreams;
import dev.sandboxer.http.modal.router.exec.SpoolSpace;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Idle timeouts over a fake cloud, with a settable clock. */
class IdleTimeoutsTest {
    private static final Duration IDLE = Duration.ofSeconds(60);

    /** How far a deadline moves beyond what is needed. */
    private static final Duration STEP = Duration.ofSeconds(15);

    @TempDir
    private Path home;

    private TestInstallation installation;
    private ControlPlane process;
    private Executions executions;
    private final Set<SandboxId> connected = new HashSet<>();
    private IdleTimeouts idle;
    private Sandbox sandbox;

    @BeforeEach
    void start() {
        installation = new TestInstallation(home);
        process = installation.start();
        executions = new Executions(process.sandboxes(), SpoolSpace.forServer(), installation.clock());
        idle = newIdleTimeouts();
        sandbox = process.sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                        .ttl(Duration.ofMinutes(10))
                        .metadata(Map.of("modal.idle", "60", "modal.timeout", "600"))
                        .build());
    }

    private IdleTimeouts newIdleTimeouts() {
        return new IdleTimeouts(
                process.sandboxes(),
                executions,
                connected::contains,
                owner -> installation.profile(),
                installation.clock());
    }

    @AfterEach
    void end() {
        executions.close();
        process.close();
    }

    private Instant now() {
        return installation.clock().instant();
    }

    private Instant deadline() {
        return process.sandboxes().find(sandbox.id()).orElseThrow().deadline();
    }

    private void awaitDeadline(Instant expected) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(deadline()).isEqualTo(expected));
    }

    @Test
    void an_unused_sandbox_has_its_idle_timeout_as_deadline() {
        idle.begin(sandbox);
        assertThat(deadline()).isEqualTo(now().plus(IDLE).plus(STEP));
        installation.clock().advance(Duration.ofSeconds(50));
        idle.tick();
        assertThat(deadline()).isEqualTo(now().minusSeconds(50).plus(IDLE).plus(STEP));
    }

    @Test
    void use_moves_the_deadline() {
        idle.begin(sandbox);
        installation.clock().advance(Duration.ofSeconds(50));
        idle.recordUse(sandbox);
        idle.tick();
        awaitDeadline(now().plus(IDLE).plus(STEP));
    }

    @Test
    void a_connection_to_a_port_counts_as_use() {
        idle.begin(sandbox);
        connected.add(sandbox.id());
        installation.clock().advance(Duration.ofSeconds(50));
        idle.tick();
        awaitDeadline(now().plus(IDLE).plus(STEP));
    }

    @Test
    void use_soon_after_other_use_does_not_move_the_deadline() {
        idle.begin(sandbox);
        var before = deadline();
        installation.clock().advance(Duration.ofSeconds(10));
        idle.recordUse(sandbox);
        idle.tick();
        assertThat(deadline()).isEqualTo(before);
    }

    @Test
    void no_use_moves_the_deadline_beyond_the_timeout() {
        idle.begin(sandbox);
        for (int second = 0; second < 590; second += 30) {
            installation.clock().advance(Duration.ofSeconds(30));
            idle.recordUse(sandbox);
            idle.tick();
            var used = now();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !deadline()
                            .isBefore(
                                    earlier(used.plus(IDLE), sandbox.createdAt().plusSeconds(600))));
        }
        assertThat(deadline()).isEqualTo(sandbox.createdAt().plusSeconds(600));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    @Test
    void a_running_command_counts_as_use_and_the_main_process_does_not() throws Exception {
        idle.begin(sandbox);
        var end = new CountDownLatch(1);
        start(Executions.INTERNAL + "main", end);
        installation.clock().advance(Duration.ofSeconds(50));
        idle.tick();
        assertThat(deadline()).isEqualTo(now().minusSeconds(50).plus(IDLE).plus(STEP));
        start("command", end);
        idle.tick();
        awaitDeadline(now().plus(IDLE).plus(STEP));
        end.countDown();
    }

    private void start(String id, CountDownLatch end) throws InterruptedException {
        Command command = streams -> {
            streams.started();
            end.await();
            return new ExitStatus.Code(0);
        };
        executions.start(sandbox, new Executions.Request(id, "", KeptStreams.BOTH, command, false));
    }

    @Test
    void a_restarted_server_keeps_the_deadline_and_moves_it_with_later_use() {
        idle.begin(sandbox);
        var before = deadline();
        installation.clock().advance(Duration.ofSeconds(50));
        idle = newIdleTimeouts();
        idle.sweep();
        idle.tick();
        assertThat(deadline()).isEqualTo(before);
        idle.recordUse(sandbox);
        idle.tick();
        awaitDeadline(now().plus(IDLE).plus(STEP));
    }

    @Test
    void a_sandbox_that_was_paused_when_the_server_started_is_watched_once_it_runs() {
        idle.begin(sandbox);
        process.sandboxes().pause(sandbox);
        idle = newIdleTimeouts();
        idle.sweep();
        resume();
        idle.sweep();
        assertConnectionMovesDeadline();
    }

    @Test
    void a_sandbox_that_was_paused_past_its_deadline_is_watched_once_it_runs() {
        idle.begin(sandbox);
        process.sandboxes().pause(sandbox);
        installation.clock().advance(Duration.ofMinutes(2));
        idle.tick();
        idle.sweep();
        resume();
        idle.sweep();
        assertConnectionMovesDeadline();
    }

    @Test
    void a_sandbox_whose_deadline_was_moved_by_someone_else_is_still_watched() {
        idle.begin(sandbox);
        process.sandboxes().extend(sandbox, Duration.ofMinutes(5), installation.profile());
        installation.clock().advance(Duration.ofMinutes(4));
        idle.tick();
        idle.sweep();
        installation.clock().advance(Duration.ofSeconds(50));
        assertConnectionMovesDeadline();
    }

    @Test
    void use_of_a_resumed_sandbox_counts_at_once_and_the_pause_is_not_part_of_its_timeout() {
        idle.begin(sandbox);
        process.sandboxes().pause(sandbox);
        installation.clock().advance(Duration.ofHours(1));
        idle.tick();
        idle.recordUse(resume());
        idle.tick();
        awaitDeadline(now().plus(IDLE).plus(STEP));
    }

    @Test
    void a_short_resumption_soon_after_a_pause_is_noticed() {
        idle.begin(sandbox);
        installation.clock().advance(Duration.ofSeconds(1));
        process.sandboxes().pause(sandbox);
        var resumed = resume();
        installation.clock().advance(Duration.ofSeconds(5));
        idle.recordUse(resumed);
        idle.recordUse(sandbox); // as it was before the pause
        idle.tick();
        awaitDeadline(now().plus(IDLE).plus(STEP));
    }

    @Test
    void a_sandbox_of_an_extension_that_is_not_installed_stops_at_most_one_sweep() {
        var other = process.sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                        .metadata(Map.of("modal.idle", "60"))
                        .terms(Terms.DEFAULT.withIdleTimeout(IDLE))
                        .build());
        try (var later = installation.start(List.of(installation.extensions().getLast()))) {
            idle = new IdleTimeouts(
                    later.sandboxes(),
                    executions,
                    connected::contains,
                    owner -> installation.profile(),
                    installation.clock());
            assertThatThrownBy(idle::sweep).hasMessageContaining("first");
            idle.sweep();
            idle.recordUse(other);
        }
    }

    private Sandbox resume() {
        return process.sandboxes().resume(sandbox, Duration.ofSeconds(30), installation.profile());
    }

    private void assertConnectionMovesDeadline() {
        connected.add(sandbox.id());
        idle.tick();
        awaitDeadline(now().plus(IDLE).plus(STEP));
    }

    @Test
    void a_sandbox_without_an_idle_timeout_keeps_its_deadline() {
        var other = process.sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                        .build());
        idle.begin(other);
        idle.recordUse(other);
        idle.sweep();
        idle.tick();
        assertThat(process.sandboxes().find(other.id()).orElseThrow().deadline())
                .isEqualTo(other.deadline());
    }
}
