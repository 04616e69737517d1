package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.PendingChange;
import dev.sandboxer.lifecycle.state.Placement;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.lifecycle.state.Worker;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Repair decides by rows that may be outdated when it acts. */
class StaleDecisionTest extends InstallationTest {
    private static final Worker WORKER = new Worker(ProcessIdentity.current().worker("other"), null);

    @Test
    void a_creation_that_finished_meanwhile_is_not_ended_as_given_up() {
        var seen = new Sandbox[1];
        first().watch(point -> {
            if (point.equals("CREATE before")) {
                seen[0] = only();
            }
        });
        var made = create();
        assertThat(seen[0].state()).isEqualTo(SandboxState.PROVISIONING);

        assertFails(ErrorCode.CONFLICT, () -> termination().end(seen[0], EndReason.FAILED));

        assertThat(read(made)).isEqualTo(made);
        assertThat(installation.running()).hasSize(1);
    }

    @Test
    void a_sandbox_that_was_extended_meanwhile_is_neither_ended_nor_paused_at_its_old_deadline() {
        var seen = create();
        var extended = sandboxes().extend(seen, Duration.ofMinutes(30), installation.profile());

        assertFails(ErrorCode.CONFLICT, () -> termination().end(seen, EndReason.EXPIRED));
        assertFails(ErrorCode.CONFLICT, () -> pauseResume().pauseUnchanged(seen));

        assertThat(read(seen)).isEqualTo(extended);
        assertThat(first().running()).extracting(BackendSandbox::paused).containsExactly(false);
    }

    @Test
    void an_interrupted_pause_is_not_finished_once_the_sandbox_was_resumed() {
        var sandbox = create();
        first().plan(Call.PAUSE, new Fault.RequestLost());
        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().pause(sandbox));
        var seen = read(sandbox);
        assertThat(seen.pending()).isEqualTo(PendingChange.PAUSE);
        var resumed = sandboxes().resume(seen, Duration.ofMinutes(5), installation.profile());

        assertFails(ErrorCode.CONFLICT, () -> pauseResume().finish(seen));

        assertThat(read(sandbox)).isEqualTo(resumed);
        assertThat(first().running()).extracting(BackendSandbox::paused).containsExactly(false);
    }

    @Test
    void a_requested_end_applies_even_if_the_sandbox_has_changed_since() {
        var seen = create();
        sandboxes().extend(seen, Duration.ofMinutes(30), installation.profile());

        assertThat(sandboxes().destroy(seen).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(installation.running()).isEmpty();
    }

    @Test
    void of_two_workers_that_begin_the_next_attempt_the_second_gets_a_conflict() {
        var seen = create();
        var placement = Placement.planned(installation.extensions().get(1).id(), null, null, null);
        var attempt = new Attempt(
                seen.id(), 2, placement.extension(), null, installation.clock().instant(), null);
        var attempts = new AttemptStore(process.database());
        transitions().commit(seen, seen.attempted(placement), Cause.NEXT_ATTEMPT, it -> attempts.insert(it, attempt));

        assertFails(
                ErrorCode.CONFLICT,
                () -> transitions()
                        .commit(
                                seen,
                                seen.attempted(placement),
                                Cause.NEXT_ATTEMPT,
                                it -> attempts.insert(it, attempt)));
    }

    private Transitions transitions() {
        return new Transitions(process.database(), process.rows(), List.of(), WORKER, installation.clock());
    }

    private Leases leases() {
        return new Leases(process.rows(), WORKER, true, installation.clock());
    }

    private PauseResume pauseResume() {
        return new PauseResume(
                process.rows(), transitions(), process.backends(), Funding.UNLIMITED, leases(), installation.clock());
    }

    private Termination termination() {
        return new Termination(
                process.database(),
                process.rows(),
                new AttemptStore(process.database()),
                transitions(),
                process.backends(),
                Funding.UNLIMITED,
                leases(),
                process.rows().installation(),
                installation.clock());
    }
}
