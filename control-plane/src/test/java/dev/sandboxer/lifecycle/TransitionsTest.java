package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.Transition;
import dev.sandboxer.lifecycle.state.TransitionListener;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Listeners receive every change of a sandbox, in the transaction that writes it. */
class TransitionsTest extends InstallationTest {
    private final List<Transition> heard = new ArrayList<>();

    @BeforeEach
    void listen() {
        restartWith((handle, transition) -> heard.add(transition));
    }

    @Test
    void a_listener_receives_all_changes_in_order_each_from_the_state_that_the_last_one_reached() {
        var sandbox = create();
        sandboxes().extend(sandbox, Duration.ofMinutes(20), installation.profile());
        var paused = sandboxes().pause(read(sandbox));
        sandboxes().resume(paused, Duration.ofMinutes(5), installation.profile());
        sandboxes().destroy(sandbox);

        assertThat(heard)
                .extracting(Transition::cause)
                .containsExactly(
                        Cause.REQUESTED,
                        Cause.CREATED,
                        Cause.DEADLINE_MOVED,
                        Cause.PAUSE_BEGUN,
                        Cause.PAUSED,
                        Cause.RESUME_BEGUN,
                        Cause.RESUMED,
                        Cause.END_BEGUN,
                        Cause.ENDED);
        assertThat(heard.getFirst().before()).isNull();
        for (int i = 1; i < heard.size(); i++) {
            assertThat(heard.get(i).before()).isEqualTo(heard.get(i - 1).after());
        }
        assertThat(heard.getLast().after()).isEqualTo(read(sandbox));
    }

    @Test
    void a_removed_listener_of_changes_receives_no_more() {
        var changes = new ArrayList<SandboxState>();
        var stop = sandboxes().onChange(changed -> changes.add(changed.state()));
        var sandbox = create();
        assertThat(changes).last().isEqualTo(SandboxState.RUNNING);
        changes.clear();

        stop.run();
        sandboxes().destroy(sandbox);

        assertThat(changes).isEmpty();
    }

    @Test
    void a_listener_receives_each_attempt_before_its_backend_is_called() {
        first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        var atSecond = new ArrayList<Cause>();
        installation.second().watch(point -> {
            if (point.equals("CREATE before")) {
                heard.forEach(transition -> atSecond.add(transition.cause()));
            }
        });

        create();

        assertThat(atSecond).containsExactly(Cause.REQUESTED, Cause.NEXT_ATTEMPT);
        assertThat(heard).extracting(Transition::cause).endsWith(Cause.CREATED);
    }

    @Test
    void a_listener_receives_a_refused_pause_as_reverted() {
        var sandbox = create();
        first().plan(Call.PAUSE, Fault.refused(Kind.CAPACITY));

        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().pause(sandbox));

        assertThat(heard).extracting(Transition::cause).endsWith(Cause.PAUSE_BEGUN, Cause.REVERTED);
        assertThat(read(sandbox).state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void a_listener_receives_the_end_of_a_creation_that_no_candidate_takes() {
        first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        installation.second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));

        assertFails(ErrorCode.NO_CANDIDATE, this::create);

        assertThat(heard)
                .extracting(Transition::cause)
                .containsExactly(Cause.REQUESTED, Cause.NEXT_ATTEMPT, Cause.ENDED);
        assertThat(heard.getLast().after().reason()).isEqualTo(EndReason.FAILED);
    }

    @Test
    void a_listener_that_fails_undoes_the_change() {
        restartWith((handle, transition) -> {
            if (transition.cause() == Cause.REQUESTED) {
                throw new SandboxException(ErrorCode.CONFLICT, "no credit");
            }
        });

        assertFails(ErrorCode.CONFLICT, this::create);

        assertThat(sandboxes().list(null, true)).isEmpty();
        assertThat(installation.running()).isEmpty();
    }

    @Test
    void a_listeners_writes_are_committed_if_and_only_if_the_change_is() {
        process.database().write(handle -> handle.execute("CREATE TABLE heard (cause TEXT)"));
        restartWith((handle, transition) -> {
            handle.execute(
                    "INSERT INTO heard (cause) VALUES (?)", transition.cause().name());
            if (transition.cause() == Cause.DEADLINE_MOVED) {
                throw new SandboxException(ErrorCode.CONFLICT, "undone");
            }
        });
        var sandbox = create();

        assertFails(
                ErrorCode.CONFLICT, () -> sandboxes().extend(sandbox, Duration.ofMinutes(20), installation.profile()));

        List<String> written = process.database()
                .read(handle -> handle.createQuery("SELECT cause FROM heard")
                        .mapTo(String.class)
                        .list());
        assertThat(written).containsExactly("REQUESTED", "CREATED");
        assertThat(read(sandbox)).isEqualTo(sandbox);
    }

    private void restartWith(TransitionListener listener) {
        process.close();
        installation.listen(listener);
        process = installation.start();
    }
}
