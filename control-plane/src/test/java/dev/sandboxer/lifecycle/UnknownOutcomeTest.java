package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.Repair.Settled;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.Outcome;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.RepairChecks;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnknownOutcomeTest extends InstallationTest {
    @Test
    void a_sandbox_whose_creation_lost_its_answer_is_found_by_its_tag() {
        first().plan(Call.CREATE, new Fault.AnswerLost());

        var sandbox = create();

        assertThat(sandbox.state()).isEqualTo(SandboxState.RUNNING);
        assertThat(sandbox.extension()).hasToString("ext.first");
        assertThat(first().created()).hasSize(1);
        assertThat(second().created()).isEmpty();
        assertThat(sandboxes().attempts(sandbox)).extracting(Attempt::outcome).containsExactly(Outcome.CREATED);
    }

    @Test
    void the_look_up_comes_before_the_next_candidate() {
        first().plan(Call.CREATE, new Fault.RequestLost());
        installation.crashes().reset();

        create();

        assertThat(installation.crashes().passed())
                .containsSubsequence("CREATE before", "CREATE after", "FIND before", "FIND after", "CREATE before");
    }

    @Test
    void when_the_look_up_finds_nothing_the_next_extension_is_tried() {
        first().plan(Call.CREATE, new Fault.RequestLost());

        var sandbox = create();

        assertThat(sandbox.extension()).hasToString("ext.second");
        assertThat(sandboxes().attempts(sandbox))
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.NOT_FOUND, Outcome.CREATED);
        assertThat(installation.running()).hasSize(1);
    }

    @Test
    void when_the_look_up_fails_no_other_candidate_is_tried_and_the_outcome_stays_unknown() {
        first().plan(Call.CREATE, new Fault.AnswerLost());
        first().plan(Call.FIND, new Fault.RequestLost());

        assertFails(ErrorCode.BACKEND_FAILED, this::create)
                .hasMessageContaining("ext.first may have created sandbox " + only().id());

        assertThat(only().state()).isEqualTo(SandboxState.PROVISIONING);
        assertThat(second().created()).isEmpty();
        assertThat(sandboxes().attempts(only())).extracting(Attempt::outcome).containsOnlyNulls();
    }

    @Test
    void repair_undoes_a_creation_with_an_unknown_outcome() {
        first().plan(Call.CREATE, new Fault.AnswerLost());
        first().plan(Call.FIND, Fault.refused(Kind.TRANSIENT), Fault.refused(Kind.TRANSIENT));
        assertFails(ErrorCode.BACKEND_FAILED, this::create);
        installation.kill(process);

        assertThat(installation.repair())
                .singleElement()
                .satisfies(settled -> assertThat(settled.text()).contains("not settled", "TRANSIENT"));
        assertThat(first().running())
                .as("nothing is ended while the outcome is unknown")
                .hasSize(1);

        assertThat(installation.repair())
                .singleElement()
                .satisfies(settled -> assertThat(settled.text()).contains("interrupted", "cleaned up"));
        assertThat(installation.running()).isEmpty();
        RepairChecks.check(installation, "a failed look-up");
    }

    @Test
    void repair_adopts_a_creation_with_an_unknown_outcome_if_it_has_an_idempotency_key() {
        first().plan(Call.CREATE, new Fault.AnswerLost());
        first().plan(Call.FIND, new Fault.RequestLost());
        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().create(installation.request("key")));
        installation.kill(process);

        assertThat(installation.repair())
                .singleElement()
                .satisfies(settled -> assertThat(settled.text()).contains("it runs"));

        process = installation.start();
        var again = sandboxes().create(installation.request("key"));
        assertThat(again.state()).isEqualTo(SandboxState.RUNNING);
        assertThat(first().created()).hasSize(1);
        RepairChecks.check(installation, "a failed look-up with a key");
    }

    @Test
    void repair_destroys_a_sandbox_that_appears_after_the_look_up() {
        first().plan(Call.CREATE, new Fault.Late());
        var sandbox = create();
        assertThat(sandbox.extension()).hasToString("ext.second");

        first().catchUp();
        assertThat(installation.running()).hasSize(2);
        installation.repair();

        assertThat(installation.running().keySet()).containsExactly("ext.second/" + sandbox.ref());
        RepairChecks.check(installation, "a late effect");
    }

    /** Found by the campaign, seed 20261357. */
    @Test
    void a_crash_in_the_second_attempt_is_settled_along_with_the_late_sandbox_of_the_first() {
        // creates the shared key first, so that the points are the same in every database
        assertThat(process.credentials().ofEnvironment(installation.extensions().getLast()))
                .isPresent();
        first().plan(Call.CREATE, new Fault.Late());
        assertThat(installation.inKilledProcess(11, all -> all.create(installation.request())))
                .hasValueSatisfying(where -> assertThat(where).endsWith("CREATE before]"));
        first().catchUp();
        installation.clock().advance(Duration.ofMinutes(2));

        installation.repair();

        assertThat(installation.running()).isEmpty();
        RepairChecks.check(installation, "a death in the second attempt");
    }

    @Test
    void a_late_sandbox_is_ended_by_the_next_command_even_without_reconciliation() {
        first().plan(Call.CREATE, new Fault.Late());
        second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertFails(ErrorCode.NO_CANDIDATE, this::create);
        first().catchUp();

        assertThat(repairUnfinished()).as("too early to be sure").isEmpty();
        installation.clock().advance(Duration.ofMinutes(2));

        assertThat(repairUnfinished()).containsExactly("a given-up attempt had created a sandbox; cleaned up");
        assertThat(installation.running()).isEmpty();
        first().plan(Call.FIND, new Fault.RequestLost());
        assertThat(repairUnfinished()).as("once is enough").isEmpty();
    }

    @Test
    void a_late_sandbox_of_a_killed_process_is_ended_even_if_the_next_command_came_too_early() {
        first().plan(Call.CREATE, new Fault.Late());
        first().plan(Call.FIND, new Fault.RequestLost());
        assertFails(ErrorCode.BACKEND_FAILED, this::create);
        installation.kill(process);
        process = installation.start();
        assertThat(repairUnfinished()).containsExactly("its creation was interrupted; cleaned up");

        first().catchUp();
        installation.clock().advance(Duration.ofMinutes(3));

        assertThat(repairUnfinished()).hasSize(1);
        assertThat(installation.running()).isEmpty();
        assertThat(only().state()).isEqualTo(SandboxState.FAILED);
    }

    @Test
    void a_second_look_up_that_fails_is_repeated_until_the_sandboxs_deadline() {
        first().plan(Call.CREATE, new Fault.RequestLost());
        second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertFails(ErrorCode.NO_CANDIDATE, this::create);
        installation.clock().advance(Duration.ofMinutes(2));
        first().plan(Call.FIND, new Fault.RequestLost(), new Fault.RequestLost());

        assertThat(repairUnfinished()).singleElement().asString().startsWith("not settled");
        installation.clock().advance(TestInstallation.TTL.plusMinutes(6));
        assertThat(repairUnfinished()).isEmpty();
        installation.clock().advance(Duration.ofMinutes(6));
        assertThat(repairUnfinished()).isEmpty();
    }

    private List<String> repairUnfinished() {
        return sandboxes().repair().repairUnfinished().stream()
                .map(Settled::text)
                .toList();
    }

    @Test
    void a_late_sandbox_is_destroyed_even_if_there_was_no_other_candidate() {
        first().plan(Call.CREATE, new Fault.Late());
        second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertFails(ErrorCode.NO_CANDIDATE, this::create);

        first().catchUp();
        installation.repair();

        assertThat(installation.running()).isEmpty();
    }
}
