package dev.sandboxer.e2b.control;

import static dev.sandboxer.e2b.ScriptedCloud.SANDBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.e2b.ScriptedCloud;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.Pausing;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deadlines and pauses. */
class LifetimesTest {
    private static final BackendRef REF = new BackendRef(SANDBOX);
    private static final String TIMEOUT = "POST /sandboxes/" + SANDBOX + "/timeout";
    private static final String PAUSE = "POST /sandboxes/" + SANDBOX + "/pause";
    private static final String CONNECT = "POST /v2/sandboxes/" + SANDBOX + "/connect";
    private static final String GET = "GET /sandboxes/" + SANDBOX;
    private static final SandboxTag TAG = new SandboxTag("inst", "sb", 1);

    @TempDir
    Path directory;

    @AutoClose
    private final ScriptedCloud cloud = new ScriptedCloud();

    @Test
    void a_deadline_is_moved_to_that_many_seconds_from_now() {
        cloud.on(TIMEOUT, 204, "");
        var wanted = in(Duration.ofMinutes(10));
        with(backend -> assertThat(backend.setDeadline(REF, wanted)).isEqualTo(wanted));
        assertThat(seconds(TIMEOUT, 0)).isBetween(590, 600);
    }

    @Test
    void a_deadline_beyond_the_plan_is_as_late_as_the_plan_allows() {
        cloud.on(TIMEOUT, ScriptedCloud.error(400, "Timeout cannot be greater than 1 hours"))
                .on(TIMEOUT, 204, "");
        with(backend -> assertThat(backend.setDeadline(REF, in(Duration.ofHours(5))))
                .isBetween(in(Duration.ofMinutes(59)), in(Duration.ofMinutes(61))));
        assertThat(seconds(TIMEOUT, 1)).isEqualTo(3600);
    }

    @Test
    void the_plan_limits_the_whole_life_too() {
        var started = Instant.now().minus(Duration.ofMinutes(30)).truncatedTo(ChronoUnit.SECONDS);
        cloud.on(TIMEOUT, ScriptedCloud.error(400, "Timeout cannot be greater than 1 hours"))
                .on(TIMEOUT, ScriptedCloud.error(400, "Max instance length exceeded"))
                .on(TIMEOUT, 204, "")
                .on(
                        GET,
                        200,
                        ScriptedCloud.detail("inst-sb-1", "running").replace("2026-11-25T10:00:00Z", "" + started));
        with(backend -> assertThat(backend.setDeadline(REF, in(Duration.ofHours(5))))
                .isBetween(in(Duration.ofMinutes(28)), in(Duration.ofMinutes(31))));
        assertThat(seconds(TIMEOUT, 2)).isBetween(1700, 1800);
    }

    @Test
    void moving_the_deadline_of_an_ended_sandbox_is_refused_without_effect() {
        cloud.on(TIMEOUT, ScriptedCloud.error(404, "Sandbox doesn't exist"));
        var failure = failure(backend -> backend.setDeadline(REF, in(Duration.ofHours(1))));
        assertThat(failure.kind()).isEqualTo(Kind.GONE);
        assertThat(failure.effect()).isEqualTo(Effect.NOT_APPLIED);
    }

    @Test
    void the_deadline_of_a_paused_sandbox_outlives_the_process() {
        cloud.on(PAUSE, 204, "").on("GET /v2/sandboxes", 200, "[" + ScriptedCloud.detail("inst-sb-1", "paused") + "]");
        var until = in(Duration.ofDays(3));
        with(backend -> ((Pausing) backend).pause(REF, until));
        with(backend -> assertThat(backend.find(TAG)).hasValueSatisfying(it -> {
            assertThat(it.paused()).isTrue();
            assertThat(it.deadline()).isEqualTo(until);
        }));
    }

    @Test
    void pausing_a_paused_sandbox_succeeds_and_moves_its_deadline() {
        cloud.on(PAUSE, ScriptedCloud.error(409, "is already paused"))
                .on(GET, 200, ScriptedCloud.detail("inst-sb-1", "paused"))
                .on(TIMEOUT, ScriptedCloud.error(409, "is not running"))
                .on("GET /v2/sandboxes", 200, "[" + ScriptedCloud.detail("inst-sb-1", "paused") + "]");
        var first = in(Duration.ofDays(3));
        var second = in(Duration.ofDays(4));
        with(backend -> {
            ((Pausing) backend).pause(REF, first);
            assertThat(backend.find(TAG).orElseThrow().deadline()).isEqualTo(first);
            backend.setDeadline(REF, second);
            assertThat(backend.find(TAG).orElseThrow().deadline()).isEqualTo(second);
        });
    }

    @Test
    void a_conflict_about_a_running_sandbox_is_transient() {
        cloud.on(PAUSE, ScriptedCloud.error(409, "is being changed")).withSandbox();
        assertThat(failure(backend -> ((Pausing) backend).pause(REF, in(Duration.ofDays(1))))
                        .kind())
                .isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void resuming_a_running_sandbox_sets_the_deadline_again_so_that_it_can_be_shortened() {
        cloud.on(CONNECT, 201, "{}").on(CONNECT, 200, "{}").on(TIMEOUT, 204, "");
        with(backend -> {
            ((Pausing) backend).resume(REF, in(Duration.ofMinutes(5)));
            assertThat(cloud.asked(TIMEOUT)).isEmpty();
            ((Pausing) backend).resume(REF, in(Duration.ofMinutes(5)));
        });
        assertThat(seconds(CONNECT, 0)).isBetween(290, 300);
        assertThat(seconds(TIMEOUT, 0)).isBetween(290, 300);
    }

    @Test
    void a_resumption_beyond_the_plan_returns_the_deadline_that_the_plan_allows() {
        cloud.on(CONNECT, ScriptedCloud.error(400, "Timeout cannot be greater than 1 hours"))
                .on(CONNECT, 201, "{}");
        with(backend -> assertThat(((Pausing) backend).resume(REF, in(Duration.ofHours(5))))
                .isBetween(in(Duration.ofMinutes(59)), in(Duration.ofMinutes(61))));
    }

    @Test
    void times_are_converted_to_our_clock() {
        var running = ScriptedCloud.detail("inst-sb-1", "running");
        cloud.on(GET, 200, running).on("GET /v2/sandboxes", 200, "[" + running + "]");
        var ahead = Duration.ofMinutes(7); // of our clock
        InstantSource ours = () -> Instant.now().plus(ahead);
        try (var backend = cloud.open(new ExtensionContext("inst", directory, ours))) {
            for (var told : List.of(
                    backend.describe(REF).orElseThrow(),
                    backend.find(TAG).orElseThrow(),
                    backend.list().getFirst())) {
                assertThat(told.deadline())
                        .isBetween(Instant.parse("2026-11-25T11:06:55Z"), Instant.parse("2026-11-25T11:07:05Z"));
                assertThat(told.createdAt())
                        .isBetween(Instant.parse("2026-11-25T10:06:55Z"), Instant.parse("2026-11-25T10:07:05Z"));
            }
        }
    }

    @Test
    void connecting_to_a_paused_sandbox_fails_and_does_not_wake_it() {
        cloud.on(GET, 200, ScriptedCloud.detail("inst-sb-1", "paused"));
        var failure = failure(backend -> backend.connect(REF));
        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageContaining("paused");
        assertThat(cloud.asked(CONNECT)).isEmpty();
    }

    private interface Use {
        void of(Backend backend);
    }

    private void with(Use use) {
        try (var backend = cloud.open(directory)) {
            use.of(backend);
        }
    }

    private ExtensionException failure(Use use) {
        try (var backend = cloud.open(directory)) {
            var failure = catchThrowableOfType(ExtensionException.class, () -> use.of(backend));
            assertThat(failure).isNotNull();
            return failure;
        }
    }

    private int seconds(String methodAndPath, int index) {
        return cloud.asked(methodAndPath).get(index).json().path("timeout").asInt();
    }

    private static Instant in(Duration life) {
        return Instant.now().plus(life).truncatedTo(ChronoUnit.SECONDS);
    }
}
