package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.tck.Eventually;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Contract for deadlines: the backend ends a sandbox at its deadline, even when no client is connected. */
public abstract class DeadlineContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected DeadlineContract() {}

    @Test
    void ends_by_itself_when_its_time_is_up_and_not_before() {
        var request = shortLived();
        try (var mortal = extension().open(fixture().context(), fixture().credential())) {
            mortal.create(request);
        }
        Eventually.holds(untilAfter(request.deadline()), "ended by its deadline", () -> isGone(request.tag()));
        assertThat(now()).isAfterOrEqualTo(request.deadline().minusSeconds(1));
    }

    @Test
    void is_gone_after_its_deadline() {
        var request = shortLived();
        var box = create(request);
        Eventually.holds(untilAfter(request.deadline()), "ended by its deadline", () -> isGone(request.tag()));
        Failures.fails(Kind.GONE, () -> backend().connect(box.sandbox().ref()));
        Failures.fails(Kind.GONE, () -> box.sh("true"));
        box.close();
        backend().destroy(box.sandbox().ref());
    }

    @Test
    void lives_on_when_the_deadline_is_extended() {
        requires(Capability.EXTEND);
        var request = shortLived();
        var box = create(request);
        var later = Requests.in(fixture(), Duration.ofMinutes(10));
        assertThat(backend().setDeadline(box.sandbox().ref(), later)).isBetween(later.minusSeconds(5), later);
        assertThat(backend().find(request.tag()))
                .map(BackendSandbox::deadline)
                .hasValueSatisfying(found -> assertThat(found).isBetween(later.minusSeconds(5), later.plusSeconds(5)));
        var pastTheFirst = request.deadline().plusSeconds(2);
        Eventually.holds(untilAfter(pastTheFirst), "past the first deadline", () -> now().isAfter(pastTheFirst));
        assertThat(box.sh("echo alive").text()).isEqualTo("alive");
        destroy(box);
    }

    @Test
    void ends_earlier_when_the_deadline_is_shortened() {
        requires(Capability.EXTEND);
        var box = create();
        var soon = Requests.in(fixture(), fixture().shortLife());
        backend().setDeadline(box.sandbox().ref(), soon);
        Eventually.holds(untilAfter(soon), "ended", () -> isGone(box.sandbox().tag()));
        assertThat(now()).isAfterOrEqualTo(soon.minusSeconds(1));
        box.close();
    }

    @Test
    void the_deadline_of_an_ended_sandbox_cannot_be_moved() {
        requires(Capability.EXTEND);
        var box = create();
        destroy(box);
        var later = Requests.in(fixture(), Duration.ofMinutes(10));
        Failures.failsWithoutEffect(
                Kind.GONE, () -> backend().setDeadline(box.sandbox().ref(), later));
        assertThat(isGone(box.sandbox().tag())).isTrue();
    }

    @Test
    void an_idle_sandbox_ends_and_one_that_runs_a_process_does_not() {
        requires(Capability.IDLE_TIMEOUT);
        var idle = fixture().shortLife();
        var unused = create(Requests.with(request(), spec -> spec.idleTimeout(idle)));
        var used = create(Requests.with(request(), spec -> spec.idleTimeout(idle)));
        var start = now();
        try (var _ = used.start(used.script("sleep 1000"))) {
            Eventually.holds(
                    idle.plus(fixture().timeout()),
                    "the idle sandbox ended",
                    () -> isGone(unused.sandbox().tag()));
            assertThat(now()).isAfterOrEqualTo(start.plus(idle).minusSeconds(1));
            Eventually.holds(
                    fixture().timeout().plus(idle),
                    "twice the idle timeout has passed",
                    () -> now().isAfter(start.plus(idle).plus(idle)));
            assertThat(isGone(used.sandbox().tag()))
                    .as("gone although a process runs")
                    .isFalse();
        }
        unused.close();
        destroy(used);
    }

    private CreateRequest shortLived() {
        return Requests.withDeadline(request(), Requests.in(fixture(), fixture().shortLife()));
    }

    private boolean isGone(SandboxTag tag) {
        return backend().find(tag).isEmpty();
    }

    private Instant now() {
        return fixture().context().clock().instant();
    }

    private Duration untilAfter(Instant instant) {
        return Duration.between(now(), instant).plus(fixture().timeout());
    }
}
