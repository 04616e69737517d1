package dev.sandboxer.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.ProcessSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All faults of a creation: their kind, their effect, and what exists afterwards. */
@Timeout(120)
class CreationFaultIT {
    @AutoClose
    private final StubHome home = StubHome.open();

    CreationFaultIT() throws IOException {}

    private static ExtensionException failure(Callable<?> call) {
        return catchThrowableOfType(ExtensionException.class, call::call);
    }

    @ParameterizedTest
    @CsvSource({
        "quota, QUOTA",
        "throttled, THROTTLED",
        "capacity, CAPACITY",
        "invalid, INVALID",
        "unsupported, UNSUPPORTED",
        "transient, TRANSIENT",
        "internal, INTERNAL"
    })
    void a_refusal_has_its_kind_and_no_effect(String fault, Kind kind) throws IOException {
        var backend = home.backend("create " + fault + " times=1");
        var request = home.request();

        var refused = failure(() -> backend.create(request));

        assertThat(refused.kind()).isEqualTo(kind);
        assertThat(refused.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(refused.retryAfter()).isNull();
        assertThat(refused)
                .hasMessage("rehearsed: create " + fault + " (rule \"create " + fault + " times=1\", call 1)");
        assertThat(backend.find(request.tag())).isEmpty();
        assertThat(home.folders()).isEmpty();
        assertThat(home.notes()).isEmpty();
        assertThat(backend.create(request).tag()).as("the next attempt").isEqualTo(request.tag());
    }

    @Test
    void a_throttled_creation_says_when_to_retry() {
        var refused =
                failure(() -> home.backend("create throttled retryAfter=30s").create(home.request()));

        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(refused).hasMessageContaining("retry in 30 s");
    }

    @Test
    void a_template_can_have_a_plan_of_its_own() {
        var backend = home.backend();
        var flaky = home.request("base; create quota times=1");

        assertThat(failure(() -> backend.create(flaky)).kind()).isEqualTo(Kind.QUOTA);
        assertThat(backend.create(home.request("base")).paused()).isFalse();
        assertThat(backend.create(flaky).tag()).isEqualTo(flaky.tag());
    }

    @Test
    void no_more_sandboxes_live_at_once_than_the_capacity_allows() {
        var backend = home.backend("capacity 1");
        var first = backend.create(home.request());

        var refused = failure(() -> backend.create(home.request()));
        assertThat(refused.kind()).isEqualTo(Kind.CAPACITY);
        assertThat(refused.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(refused).hasMessageContaining("1 of 1 are live");
        assertThat(backend.list()).extracting(BackendSandbox::ref).containsExactly(first.ref());

        backend.destroy(first.ref());
        assertThat(backend.create(home.request()).deadline())
                .isAfter(home.clock().instant());
    }

    @Test
    void a_lost_answer_leaves_a_sandbox_that_is_found_and_works() {
        var backend = home.backend("create loseResponse times=1");
        var request = home.request();

        var lost = failure(() -> backend.create(request));

        assertThat(lost.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(lost.effect()).isEqualTo(Effect.UNKNOWN);
        var found = backend.find(request.tag()).orElseThrow();
        try (var session = backend.connect(found.ref());
                var process = session.processes().start(ProcessSpec.of("true"))) {
            assertThat(process.pid()).isPositive();
        }
    }

    @Test
    void a_creation_that_hangs_has_created_nothing() throws IOException {
        var backend = home.backend("create hang time=50ms");
        var request = home.request();

        var hung = failure(() -> backend.create(request));

        assertThat(hung.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(hung.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(backend.find(request.tag())).isEmpty();
        assertThat(home.folders()).isEmpty();
    }

    @Test
    void a_late_sandbox_is_hidden_from_every_look_up_until_its_time() throws IOException {
        var backend = home.backend("create late time=30s; capacity 1");
        var request = home.request();

        var lost = failure(() -> backend.create(request));

        assertThat(lost.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(home.folders()).as("it runs all the same").hasSize(1);
        assertThat(backend.find(request.tag())).isEmpty();
        assertThat(backend.list()).isEmpty();
        assertThat(failure(() -> backend.create(home.request())).kind())
                .as("it takes room all the same")
                .isEqualTo(Kind.CAPACITY);

        home.clock().putForward(Duration.ofSeconds(31));
        var found = backend.find(request.tag()).orElseThrow();
        assertThat(backend.list()).extracting(BackendSandbox::ref).contains(found.ref());
        assertThat(backend.describe(found.ref())).isPresent();
    }

    @Test
    void a_late_sandbox_that_ended_unseen_leaves_nothing() throws IOException {
        var backend = home.backend("create late time=30s");
        var usual = home.request();
        var request = new CreateRequest(
                usual.tag(), usual.spec(), home.clock().instant().plusSeconds(3));
        assertThat(failure(() -> backend.create(request)).effect()).isEqualTo(Effect.UNKNOWN);
        home.clock().putForward(Duration.ofSeconds(31));

        await().until(() -> backend.find(request.tag()).isEmpty());

        assertThat(home.folders()).isEmpty();
        assertThat(home.notes()).isEmpty();
    }

    @Test
    void a_lost_answer_and_a_lost_look_up_leave_the_outcome_unknown_until_the_next_look_up() {
        var backend = home.backend();
        var request = home.request("base; create loseResponse times=1; find transient times=1");

        assertThat(failure(() -> backend.create(request)).effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(failure(() -> backend.find(request.tag())).kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(backend.find(request.tag())).isPresent();
    }

    @Test
    void a_slow_creation_succeeds_and_an_interrupted_one_has_created_a_sandbox() throws Exception {
        assertThat(home.backend("create slow time=50ms").create(home.request()).paused())
                .isFalse();

        var backend = home.backend("create slow time=1h");
        var request = home.request();
        var outcome = new CompletableFuture<ExtensionException>();
        var caller = Thread.ofVirtual().start(() -> outcome.complete(failure(() -> backend.create(request))));
        await().until(() -> backend.find(request.tag()).isPresent());
        caller.interrupt();

        assertThat(outcome.get().effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(backend.find(request.tag())).isPresent();
    }

    @Test
    void a_creation_that_is_interrupted_during_the_latency_has_created_nothing() {
        var backend = home.backend("latency 1h");
        var request = home.request();

        Thread.currentThread().interrupt();
        var refused = failure(() -> backend.create(request));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(refused.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(home.backend().find(request.tag())).isEmpty();
    }

    @Test
    void no_longer_lifetime_is_granted_than_the_plan_allows() {
        var backend = home.backend("maxLife 1m");

        var sandbox = backend.create(home.request());

        assertThat(sandbox.deadline())
                .isBetween(
                        home.clock().instant().plusSeconds(30),
                        home.clock().instant().plusSeconds(60));
        var later = backend.setDeadline(sandbox.ref(), home.clock().instant().plusSeconds(3600));
        assertThat(later).isBefore(home.clock().instant().plusSeconds(61));
        assertThat(backend.describe(sandbox.ref()).orElseThrow().deadline()).isEqualTo(later);
    }

    @Test
    void a_fault_by_chance_names_its_seed() {
        var refused =
                failure(() -> home.backend("seed 42; any quota chance=99%").list());
        assertThat(refused).hasMessageContaining("seed 42");
    }

    @Test
    void a_plan_that_cannot_be_read_fails_every_call_with_its_problem() {
        var backend = home.backend("create throtled");
        var refused = failure(() -> backend.create(home.request()));
        assertThat(refused.kind()).isEqualTo(Kind.INVALID);
        assertThat(refused)
                .hasMessageContaining("SANDBOXER_STUB_PLAN: \"create throtled\": \"throtled\" is not a fault");

        var template = failure(() -> home.backend().create(home.request("base; create throtled")));
        assertThat(template.kind()).isEqualTo(Kind.UNSUPPORTED);
        assertThat(template).hasMessageContaining("the template's plan can't be read: \"create throtled\"");
    }
}
