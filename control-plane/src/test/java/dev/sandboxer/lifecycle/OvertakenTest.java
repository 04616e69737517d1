package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.RepairChecks;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server stalls just before it calls a backend, while another server changes the same sandbox. */
class OvertakenTest extends InstallationTest {
    /** Longer than a lease. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private ControlPlane other;

    @BeforeEach
    void startAnother() {
        other = installation.start();
    }

    @AfterEach
    void stopTheOther() {
        other.close();
    }

    /** Runs an operation of the other server once, just before a call arrives at the backend. */
    private void before(String call, Consumer<Sandboxes> overtaking) {
        at(call + " before", overtaking);
    }

    private void at(String where, Consumer<Sandboxes> overtaking) {
        var done = new AtomicBoolean();
        first().watch(point -> {
            if (point.equals(where) && !done.getAndSet(true)) {
                installation.clock().advance(LONG);
                overtaking.accept(other.sandboxes());
            }
        });
    }

    private BackendSandbox running() {
        assertThat(first().running()).hasSize(1);
        return first().running().getFirst();
    }

    @Test
    void an_extension_that_a_pause_overtakes_does_not_shorten_the_pause() {
        var sandbox = create();
        before("SET_DEADLINE", sandboxes -> sandboxes.pause(sandbox));

        assertFails(
                ErrorCode.CONFLICT, () -> sandboxes().extend(sandbox, Duration.ofMinutes(5), installation.profile()));

        assertThat(read(sandbox).state()).isEqualTo(SandboxState.PAUSED);
        assertThat(running().paused()).isTrue();
        assertThat(running().deadline()).isEqualTo(read(sandbox).deadline());
    }

    @Test
    void of_two_extensions_the_one_that_is_written_last_counts_at_the_backend_too() {
        var sandbox = create();
        before("SET_DEADLINE", sandboxes -> sandboxes.extend(sandbox, Duration.ofMinutes(50), installation.profile()));

        sandboxes().extend(sandbox, Duration.ofMinutes(5), installation.profile());

        assertThat(running().deadline()).isEqualTo(read(sandbox).deadline());
    }

    @Test
    void a_creation_that_repair_gave_up_meanwhile_fails_and_leaves_nothing() {
        before("CREATE", sandboxes -> sandboxes.repair().repairUnfinished());

        assertFails(ErrorCode.CONFLICT, this::create);

        assertThat(only().state()).isEqualTo(SandboxState.FAILED);
        assertThat(installation.running()).isEmpty();
    }

    @Test
    void a_creation_that_was_adopted_meanwhile_stays_even_if_it_was_paused_since() {
        at("CREATE after", sandboxes -> {
            sandboxes.repair().repairUnfinished();
            sandboxes.pause(only());
        });

        var sandbox = sandboxes().create(installation.request("key"));

        assertThat(sandbox.state()).isEqualTo(SandboxState.PAUSED);
        assertThat(running().paused()).isTrue();
        RepairChecks.check(installation, "a creation by two");
    }

    @Test
    void a_pause_that_was_taken_over_and_undone_is_refused_and_leaves_it_running() {
        var sandbox = create();
        before("PAUSE", sandboxes -> {
            sandboxes.repair().repairUnfinished();
            resume(sandboxes, sandbox);
        });

        assertFails(ErrorCode.CONFLICT, () -> sandboxes().pause(sandbox));

        assertThat(read(sandbox).state()).isEqualTo(SandboxState.RUNNING);
        assertThat(running().paused()).isFalse();
        assertThat(running().deadline()).isEqualTo(read(sandbox).deadline());
    }

    @Test
    void a_resumption_that_was_taken_over_and_undone_is_refused_and_leaves_it_paused() {
        var sandbox = sandboxes().pause(create());
        before("RESUME", sandboxes -> {
            sandboxes.repair().repairUnfinished();
            sandboxes.pause(sandbox);
        });

        assertFails(ErrorCode.CONFLICT, () -> resume(sandboxes(), sandbox));

        assertThat(read(sandbox).state()).isEqualTo(SandboxState.PAUSED);
        assertThat(running().paused()).isTrue();
    }

    @Test
    void an_end_that_was_taken_over_has_the_same_result_for_both() {
        var sandbox = create();
        before("DESTROY", sandboxes -> sandboxes.repair().repairUnfinished());

        assertThat(sandboxes().destroy(sandbox).state()).isEqualTo(SandboxState.STOPPED);

        RepairChecks.check(installation, "an end by two");
    }

    private void resume(Sandboxes sandboxes, Sandbox sandbox) {
        sandboxes.resume(sandbox, Duration.ofMinutes(5), installation.profile());
    }
}
