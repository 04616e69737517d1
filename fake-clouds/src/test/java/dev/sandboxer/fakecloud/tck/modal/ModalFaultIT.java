package dev.sandboxer.fakecloud.tck.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.CapturedOutput;
import dev.sandboxer.extension.tck.Requests;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ext.modal} against a Modal with faults. No test may leave a sandbox behind. */
@Timeout(180)
class ModalFaultIT {
    private ModalFixture fixture;
    private ModalCloud cloud;
    private Backend backend;

    private void faults(String... rules) {
        start("faults:\n"
                + Arrays.stream(rules).map(rule -> "  - " + rule + "\n").collect(Collectors.joining()));
    }

    private void start(String plan) {
        cloud = ModalCloud.start(plan);
        fixture = new ModalFixture(cloud);
        backend = fixture.extension().open(fixture.context(), fixture.credential());
    }

    @AfterEach
    void nothing_is_left() {
        try (var ending = fixture;
                var open = backend) {
            open.list().forEach(sandbox -> open.destroy(sandbox.ref()));
            assertThat(cloud.sandboxes()).as("in the account").isEmpty();
            assertThat(cloud.directories()).as("on the cloud's host").isEmpty();
            assertThat(ending.template()).isNotEmpty();
        }
    }

    private static ExtensionException failure(Callable<?> call) {
        return catchThrowableOfType(ExtensionException.class, call::call);
    }

    private CreateRequest usual() {
        return Requests.defaultRequest(fixture);
    }

    private CreateRequest gpu(String... types) {
        var small = fixture.smallSize();
        var gpu = new Gpu(1, Arrays.asList(types));
        return Requests.withSize(usual(), new SandboxSize(small.cpuMillis(), small.memoryMiB(), small.diskMiB(), gpu));
    }

    private Box open(BackendSandbox sandbox) {
        return new Box(fixture, sandbox, backend.connect(sandbox.ref()));
    }

    private CapturedOutput sh(BackendSandbox sandbox, String script) {
        var box = open(sandbox);
        try (var _ = box.session()) {
            return box.sh(script);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loseResponse: true",
                "applyThen: UNAVAILABLE",
                "applyThen: INTERNAL",
                "applyThen: DEADLINE_EXCEEDED"
            })
    void a_creation_whose_answer_is_lost_is_found_by_its_nonce_and_works(String fault) {
        faults("{call: SandboxCreateV2, times: 1, " + fault + "}", "{call: SandboxListV2, times: 1, empty: true}");
        var request = usual();

        var lost = failure(() -> backend.create(request));

        assertThat(lost.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(cloud.directories()).as("sent once").hasSize(1);
        assertThat(backend.find(Requests.newTag(fixture))).as("of another tag").isEmpty();
        var found = backend.find(request.tag()).orElseThrow();
        assertThat(sh(found, "echo up").out()).isEqualTo("up\n");
        assertThat(backend.create(usual()).ref()).as("no name is taken").isNotEqualTo(found.ref());
    }

    @Test
    void a_creation_with_a_gpu_whose_answer_is_lost_is_found_too() {
        faults("{call: SandboxCreate, times: 1, loseResponse: true}");
        var request = gpu("T4");

        assertThat(failure(() -> backend.create(request)).effect()).isEqualTo(Effect.UNKNOWN);

        var found = backend.find(request.tag()).orElseThrow();
        assertThat(found.size().gpu()).isEqualTo(new Gpu(1, "T4"));
        assertThat(sh(found, "echo up").out()).isEqualTo("up\n");
    }

    @Test
    void a_rate_limit_with_a_short_retry_time_is_waited_for() {
        faults(
                "{call: SandboxCreateV2, times: 2, status: RESOURCE_EXHAUSTED, retryAfter: 200ms,"
                        + " message: Sandbox creation rate limit (5/s) exceeded}",
                "{call: SandboxCreateV2, after: 1, times: 1, status: RESOURCE_EXHAUSTED, retryAfter: 60s}",
                "{call: SandboxCreateV2, after: 1, times: 1, status: RESOURCE_EXHAUSTED, message: too many}");

        backend.create(usual());
        assertThat(cloud.sandboxes()).hasSize(1);

        var throttled = failure(() -> backend.create(usual()));
        assertThat(throttled.kind()).isEqualTo(Kind.THROTTLED);
        assertThat(throttled.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(throttled.retryAfter()).isEqualTo(Duration.ofSeconds(60));
        var full = failure(() -> backend.create(usual()));
        assertThat(full.kind()).isEqualTo(Kind.QUOTA);
        assertThat(full).hasMessageContaining("too many");
        assertThat(cloud.sandboxes()).hasSize(1);
    }

    @Test
    void output_arrives_whole_even_if_its_stream_is_cut_repeatedly() {
        faults("{call: TaskExecStdioRead, times: 12, cutAfterBytes: 70001}");
        var numbers = IntStream.rangeClosed(1, 100_000).mapToObj(i -> i + "\n").collect(Collectors.joining());

        var run = sh(backend.create(usual()), "seq 1 100000; exit 3");

        assertThat(run.out()).isEqualTo(numbers);
        assertThat(run.status()).isEqualTo(3);
    }

    @Test
    void expired_tokens_are_renewed_while_a_command_runs_and_between_commands() {
        start("tokenLifetime: 2s\n");
        var sandbox = backend.create(usual());
        var box = open(sandbox);
        try (var _ = box.session()) {
            assertThat(box.sh("for i in 1 2 3 4 5 6; do echo $i; sleep 1; done; exit 4")
                            .status())
                    .isEqualTo(4);
            assertThat(box.sh("cat").status()).isZero();
            box.write(fixture.home() + "/file", new byte[300_000]);
        }
        assertThat(backend.describe(sandbox.ref())).isPresent();
    }

    @Test
    void waiting_for_a_gpu_ends_at_the_sandboxs_deadline() {
        faults("{call: SandboxGetTaskId, empty: true}");
        var events = new CopyOnWriteArrayList<CreationProgress>();
        var request = Requests.withDeadline(
                Requests.withProgress(gpu("H100", "T4"), events::add), Requests.in(fixture, Duration.ofSeconds(15)));

        var none = failure(() -> backend.create(request));

        assertThat(none.kind()).isEqualTo(Kind.CAPACITY);
        assertThat(none.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(none).hasMessageContaining("GPU of type H100");
        assertThat(events).extracting(CreationProgress::stage).contains(Stage.QUEUED);
        assertThat(events).extracting(CreationProgress::text).anyMatch(text -> text.startsWith("waiting for a GPU"));
        assertThat(cloud.sandboxes()).isEmpty();
    }

    @Test
    void waiting_for_a_gpu_can_be_interrupted_and_leaves_no_sandbox() throws Exception {
        faults("{call: SandboxGetTaskId, empty: true}");
        var waits = new CountDownLatch(1);
        var request = Requests.withProgress(gpu("H100"), event -> {
            if (event.text().startsWith("waiting for")) {
                waits.countDown();
            }
        });
        var outcome = new CompletableFuture<ExtensionException>();
        var caller = Thread.ofVirtual().start(() -> outcome.complete(failure(() -> backend.create(request))));
        waits.await();

        caller.interrupt();

        assertThat(outcome.get().effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(cloud.sandboxes()).isEmpty();
    }

    @Test
    void a_sandbox_that_is_terminated_from_outside_is_gone() {
        faults("{call: TaskExecStart, after: 1, times: 1, expire: true}");
        var sandbox = backend.create(usual());
        var box = open(sandbox);
        try (var _ = box.session()) {
            assertThat(box.sh("true").status()).isZero();

            assertThat(failure(() -> box.sh("true")).kind()).isEqualTo(Kind.GONE);
        }
        assertThat(backend.describe(sandbox.ref())).isEmpty();
        assertThat(backend.list()).isEmpty();
        backend.destroy(sandbox.ref());
    }

    @Test
    void a_failed_build_is_reported_with_the_end_of_its_log() {
        faults("{call: ImageGetOrCreate, after: 1, times: 1, failBuild: \"Step 1: FROM x\\nE: no such package\"}");
        var events = new CopyOnWriteArrayList<CreationProgress>();
        var request = Requests.withProgress(
                Requests.with(usual(), spec -> spec.source(new Source.Image(fixture.imageReference(), null))),
                events::add);

        var failed = failure(() -> backend.create(request));

        assertThat(failed.kind()).isEqualTo(Kind.INVALID);
        assertThat(failed.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(failed).hasMessageContaining(fixture.imageReference()).hasMessageContaining("E: no such package");
        assertThat(events).extracting(CreationProgress::text).contains("Step 1: FROM x", "E: no such package");
        assertThat(backend.create(request).ref()).as("the next build succeeds").isNotNull();
    }

    @Test
    void a_refused_deletion_of_a_snapshot_is_no_success() {
        faults("{call: ImageDelete, times: 1, status: FAILED_PRECONDITION}");
        var snapshots = (Snapshotting) backend;
        snapshots.snapshot(backend.create(usual()).ref(), "kept");

        assertThat(failure(() -> {
                            snapshots.deleteSnapshot("kept");
                            return null;
                        })
                        .kind())
                .isEqualTo(Kind.INVALID);
        assertThat(snapshots.snapshots()).hasSize(1);
        snapshots.deleteSnapshot("kept");
        assertThat(snapshots.snapshots()).isEmpty();
    }

    @Test
    void a_destruction_with_lost_answers_succeeds() {
        faults(
                "{call: SandboxTerminateV2, times: 1, loseResponse: true}",
                "{call: SandboxTerminateV2, after: 1, times: 2, status: UNAVAILABLE}",
                "{call: SandboxWaitV2, times: 2, status: UNAVAILABLE}");
        var first = backend.create(usual());
        var second = backend.create(usual());

        backend.destroy(first.ref());
        backend.destroy(second.ref());

        assertThat(cloud.sandboxes()).isEmpty();
    }
}
