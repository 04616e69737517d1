package dev.sandboxer.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.feature.Variables;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults after the creation: of look-ups, deadlines, pauses and destruction, and of the sandbox itself. */
@Timeout(120)
class LifeFaultIT {
    @AutoClose
    private final StubHome home = StubHome.open();

    private BackendSandbox sandbox;

    LifeFaultIT() throws IOException {}

    @BeforeEach
    void make() {
        sandbox = home.backend().create(home.request());
    }

    private static ExtensionException failure(Callable<?> call) {
        return catchThrowableOfType(ExtensionException.class, call::call);
    }

    private Object call(Backend backend, String operation) {
        var ref = sandbox.ref();
        return switch (operation) {
            case "check" -> done(backend::check);
            case "find" -> backend.find(sandbox.tag());
            case "describe" -> backend.describe(ref);
            case "list" -> backend.list();
            case "setDeadline" -> backend.setDeadline(ref, oneMinuteFromNow());
            case "destroy" -> done(() -> backend.destroy(ref));
            case "connect" -> done(() -> backend.connect(ref).close());
            case "variables" -> ((Variables) backend).variables(ref);
            case "pause" -> done(() -> pausing(backend).pause(ref, oneMinuteFromNow()));
            case "resume" -> pausing(backend).resume(ref, oneMinuteFromNow());
            case "metrics" -> ((Measuring) backend).metrics(ref);
            case "snapshot" -> ((Snapshotting) backend).snapshot(ref, "kept");
            case "deleteSnapshot" -> done(() -> ((Snapshotting) backend).deleteSnapshot("kept"));
            case "snapshots" -> ((Snapshotting) backend).snapshots();
            default -> throw new IllegalArgumentException(operation);
        };
    }

    private static boolean done(Runnable work) {
        work.run();
        return true;
    }

    private Instant oneMinuteFromNow() {
        return home.clock().instant().plus(Duration.ofMinutes(1));
    }

    private static Pausing pausing(Backend backend) {
        assumeTrue(backend instanceof Pausing, "control groups that stop, as root");
        return (Pausing) backend;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check",
                "find",
                "describe",
                "list",
                "setDeadline",
                "destroy",
                "connect",
                "variables",
                "pause",
                "resume",
                "metrics",
                "snapshot",
                "snapshots",
                "deleteSnapshot"
            })
    void a_call_fails_twice_and_then_works(String operation) throws IOException {
        var backend = home.backend(operation + " throttled retryAfter=2s times=2");
        assumeTrue(backend instanceof Snapshotting, "a host that can do everything");
        for (int i = 0; i < 2; i++) {
            var refused = failure(() -> call(backend, operation));
            assertThat(refused.kind()).isEqualTo(Kind.THROTTLED);
            assertThat(refused.effect()).isEqualTo(Effect.NOT_APPLIED);
            assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(2));
            assertThat(home.folders()).as("unharmed").hasSize(1);
        }
        assertThat(call(backend, operation)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"describe", "setDeadline", "connect", "variables", "pause", "resume", "metrics", "snapshot"})
    void a_call_to_a_sandbox_that_has_vanished_finds_it_gone(String operation) throws IOException {
        var backend = home.backend(operation + " expire times=1");
        assumeTrue(backend instanceof Snapshotting, "a host that can do everything");

        if (operation.equals("describe")) {
            assertThat(backend.describe(sandbox.ref())).isEmpty();
        } else {
            assertThat(failure(() -> call(backend, operation)).kind()).isEqualTo(Kind.GONE);
        }
        assertThat(backend.find(sandbox.tag())).isEmpty();
        assertThat(home.folders()).isEmpty();
    }

    @Test
    void destroying_a_sandbox_that_has_vanished_is_success() {
        home.backend("destroy expire").destroy(sandbox.ref());
        assertThat(home.backend().list()).isEmpty();
    }

    @Test
    void a_destruction_whose_answer_is_lost_has_taken_effect_and_can_be_repeated() throws IOException {
        var backend = home.backend("destroy loseResponse times=1");

        assertThat(failure(() -> call(backend, "destroy")).effect()).isEqualTo(Effect.UNKNOWN);

        assertThat(home.folders()).isEmpty();
        backend.destroy(sandbox.ref());
    }

    @Test
    void a_destruction_that_hangs_has_not_taken_effect() {
        var backend = home.backend("destroy hang times=1");

        assertThat(failure(() -> call(backend, "destroy")).effect()).isEqualTo(Effect.UNKNOWN);

        assertThat(backend.find(sandbox.tag())).isPresent();
        backend.destroy(sandbox.ref());
        assertThat(backend.find(sandbox.tag())).isEmpty();
    }

    @Test
    void a_pause_or_resumption_whose_answer_is_lost_has_taken_effect() {
        var backend = home.backend("pause loseResponse times=1; resume loseResponse times=1");

        assertThat(failure(() -> call(backend, "pause")).effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(backend.find(sandbox.tag()).orElseThrow().paused()).isTrue();
        assertThat(failure(() -> call(backend, "resume")).effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(backend.find(sandbox.tag()).orElseThrow().paused()).isFalse();
    }

    @Test
    void a_resumption_is_granted_no_longer_lifetime_than_the_plan_allows() {
        var backend = home.backend("maxLife 10s");
        var pausing = pausing(backend);
        pausing.pause(sandbox.ref(), oneMinuteFromNow());

        assertThat(pausing.resume(sandbox.ref(), oneMinuteFromNow()))
                .isBefore(home.clock().instant().plusSeconds(11));
    }

    @Test
    void an_empty_list_or_look_up_does_not_end_the_sandbox() {
        var backend = home.backend("list empty times=1; find empty times=1");

        assertThat(backend.list()).isEmpty();
        assertThat(backend.find(sandbox.tag())).isEmpty();
        assertThat(backend.describe(sandbox.ref())).isPresent();
        assertThat(backend.list()).hasSize(1);
        assertThat(backend.find(sandbox.tag())).isPresent();
    }

    @Test
    void the_plan_of_a_template_applies_to_its_sandboxes_in_every_process() {
        var fragile = home.backend().create(home.request("base; destroy transient times=1"));

        home.backend().destroy(sandbox.ref());
        assertThat(failure(() -> done(() -> home.backend().destroy(fragile.ref())))
                        .kind())
                .isEqualTo(Kind.TRANSIENT);
        StubHome.in(home.directory()).backend().destroy(fragile.ref());
        assertThat(home.backend().list()).isEmpty();
    }
}
