package dev.sandboxer.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.protocol.modal.ClientProto;
import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogs;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdioReadRequest;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Failures that others have reported about Modal in public issues, and what this extension does instead. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FailureStoriesTest {
    @TempDir
    Path directory;

    @AutoClose
    private final ScriptedModal modal = new ScriptedModal();

    @AutoClose
    private final Backend backend = modal.open(Path.of("unused"));

    private Session session() {
        return backend.connect(backend.create(Requests.usual()).ref());
    }

    private static ExtensionException failure(Runnable call) {
        try {
            call.run();
        } catch (ExtensionException e) {
            return e;
        }
        throw new AssertionError("it did not fail");
    }

    /** 1: verifiers#2406. */
    @Test
    void a_creation_with_a_lost_answer_is_found_by_its_nonce_and_never_confused_with_others() {
        modal.control.foreign(
                "inst-sb-1",
                ClientProto.SandboxTag.newBuilder()
                        .setTagName("x")
                        .setTagValue("y")
                        .build());
        modal.control.foreign("other");
        modal.loseAnswer("SandboxCreateV2");
        var other = new SandboxTag("inst", "other", 1);

        var lost =
                failure(() -> backend.create(Requests.of(other, Requests.spec().build())));

        assertThat(lost.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(modal.asked("SandboxCreateV2", SandboxCreateV2Request.class))
                .as("sent once")
                .hasSize(1);
        assertThat(backend.find(Requests.TAG)).as("by name alone").isEmpty();
        assertThat(backend.list()).extracting(BackendSandbox::tag).containsExactly(other);
        backend.destroy(backend.find(other).orElseThrow().ref());
        assertThat(modal.control.running()).hasSize(2);
    }

    /** 2: pier#5. */
    @Test
    void each_attempt_has_a_name_of_its_own_and_a_taken_name_is_reported() {
        backend.create(Requests.usual());
        backend.create(
                Requests.of(new SandboxTag("inst", "sb", 2), Requests.spec().build()));
        var again = failure(() -> backend.create(Requests.usual()));

        assertThat(modal.control.running())
                .extracting(ScriptedControl.Made::name)
                .doesNotHaveDuplicates()
                .hasSize(2);
        assertThat(again.kind()).isEqualTo(Kind.INVALID);
        assertThat(again.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(again).hasMessageContaining("already exists");
        var longest = "a".repeat(40);
        backend.create(Requests.of(
                new SandboxTag(longest, longest, 999_999), Requests.spec().build()));
        assertThat(modal.control.running())
                .allSatisfy(it -> assertThat(it.name()).hasSizeLessThanOrEqualTo(64));
    }

    /** 3: modal-client#4128. */
    @Test
    void a_stream_that_breaks_repeatedly_is_resumed_at_its_last_offset() {
        modal.router.cutAfter = 5_000;
        var text = IntStream.rangeClosed(1, 50_000).mapToObj(i -> i + "\n").collect(Collectors.joining());

        var run = CompletedRun.sh(session(), "seq 1 50000; exit 3");

        assertThat(run.output()).isEqualTo(text);
        assertThat(run.end().code()).isEqualTo(3);
        assertThat(modal.asked("TaskExecStdioRead", TaskExecStdioReadRequest.class))
                .hasSizeGreaterThan(50);
    }

    /** 4: tinker-cookbook#500. */
    @Test
    void a_command_without_input_sees_end_of_file_at_once() {
        assertThat(CompletedRun.of(session(), ProcessSpec.of("cat")).end().status())
                .isZero();
        assertThat(modal.asked("TaskExecStdinWrite", TaskExecStdinWriteRequest.class))
                .anyMatch(TaskExecStdinWriteRequest::getEof);
    }

    /** 5: letta-evals#262, airflow#72910. */
    @Test
    void a_timeout_is_reported_as_a_timeout() {
        var limited = ProcessSpec.builder("sleep", "1000")
                .timeout(Duration.ofSeconds(1))
                .build();

        assertThat(CompletedRun.of(session(), limited).end().timedOut()).isTrue();
    }

    /** 6: verifiers#1863. */
    @Test
    void the_images_entrypoint_is_cleared_and_an_early_end_is_reported() {
        var ref = backend.create(Requests.usual()).ref();
        var session = backend.connect(ref);
        modal.control.end(ref.value(), GenericResult.Status.FAILURE, 137);
        modal.refuse("TaskExecStart", Status.NOT_FOUND);

        var gone = failure(() -> CompletedRun.of(session, ProcessSpec.of("true")));

        assertThat(modal.asked("ImageGetOrCreate", ImageGetOrCreateRequest.class)
                        .getFirst()
                        .getImage()
                        .getDockerfileCommandsList())
                .containsExactly("FROM debian:13", "ENTRYPOINT []");
        assertThat(gone.kind()).isEqualTo(Kind.GONE);
        assertThat(gone).hasMessageContaining("killed, possibly out of memory");
    }

    /** 7: modal-client#3172. */
    @Test
    void a_failed_build_is_reported_with_the_last_lines_of_its_log() {
        var failed = GenericResult.newBuilder()
                .setStatus(GenericResult.Status.FAILURE)
                .build();
        modal.control.build.add(List.of(log("1", "Step 1: FROM debian:13\nfetch"), log("2", "ing\n")));
        modal.control.build.add(List.of(
                log("3", "E: no such package\n"),
                ImageJoinStreamingResponse.newBuilder().setResult(failed).build()));
        var events = new CopyOnWriteArrayList<CreationProgress>();

        var told = failure(() -> backend.create(Requests.told(Requests.spec().build(), events)));

        assertThat(told.kind()).isEqualTo(Kind.INVALID);
        assertThat(told.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(told).hasMessageContaining("debian:13").hasMessageContaining("E: no such package");
        assertThat(events).extracting(CreationProgress::text).contains("Step 1: FROM debian:13", "fetching");
        assertThat(modal.asked("ImageJoinStreaming", ImageJoinStreamingRequest.class))
                .extracting(ImageJoinStreamingRequest::getLastEntryId)
                .containsExactly("", "2");
        assertThat(modal.control.running()).isEmpty();
    }

    private static ImageJoinStreamingResponse log(String entry, String text) {
        return ImageJoinStreamingResponse.newBuilder()
                .setEntryId(entry)
                .addTaskLogs(TaskLogs.newBuilder().setData(text))
                .build();
    }

    /** 8: qm#1420. */
    @Test
    void a_long_command_goes_through_input_or_a_file_and_lifetimes_are_whole_seconds() {
        var session = session();
        var word = "ü'\n\"$x".repeat(6_000);

        assertThat(CompletedRun.sh(session, "printf %s \"$1$2\"", word, word).output())
                .isEqualTo(word + word);
        var terminal = ProcessSpec.builder("/bin/sh", "-c", "printf %s \"$1$2\" | wc -c", "sh", word, word)
                .pty(new PtySize(80, 24))
                .build();
        assertThat(CompletedRun.of(session, terminal).output().strip())
                .isEqualTo("" + 2 * word.getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
        assertThat(modal.asked("TaskExecStart", TaskExecStartRequest.class))
                .allSatisfy(it ->
                        assertThat(String.join("", it.getCommandArgsList())).hasSizeLessThan(65_536));
        backend.create(new CreateRequest(
                new SandboxTag("inst", "sb", 3),
                Requests.spec().build(),
                java.time.Instant.now().plusMillis(61_500)));
        assertThat(modal.control.running().getLast().definition().getTimeoutSecs())
                .isEqualTo(62);
    }

    /** 9: background-agents#1935. */
    @Test
    void a_lifetime_that_modal_does_not_offer_is_refused_without_a_call() {
        var tooLong = failure(
                () -> backend.create(Requests.living(Duration.ofHours(24).plusMinutes(1))));

        assertThat(tooLong.kind()).isEqualTo(Kind.INVALID);
        assertThat(tooLong).hasMessageContaining("24 hours");
        assertThat(modal.asked()).isEmpty();
        var request = Requests.living(Duration.ofHours(2));
        var made = backend.create(request);
        assertThat(made.deadline()).isBetween(request.deadline().minusSeconds(1), request.deadline());
        var asked = modal.asked().size();
        var fixed =
                failure(() -> backend.setDeadline(made.ref(), request.deadline().plusSeconds(60)));
        assertThat(fixed.kind()).isEqualTo(Kind.UNSUPPORTED);
        assertThat(fixed).hasMessageContaining("snapshot");
        assertThat(modal.asked()).hasSize(asked);
    }

    /** 10: rag-rat#871, libmodal#54. */
    @Test
    void an_open_tunnel_does_not_mean_that_a_server_listens() throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        modal.control.tunnels.put(port, port);
        var spec = Requests.spec().ports(Set.of(port)).build();
        var session =
                backend.connect(backend.create(Requests.of(Requests.TAG, spec)).ref());

        assertThatThrownBy(() -> session.ports().dial(port))
                .isInstanceOfSatisfying(
                        OperationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
        try (var server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                var connection = session.ports().dial(port);
                var inside = server.accept()) {
            connection.output().write(42);
            connection.shutdownOutput();
            assertThat(inside.getInputStream().readAllBytes()).containsExactly(42);
            inside.getOutputStream().write(7);
            inside.shutdownOutput();
            assertThat(connection.input().readAllBytes()).containsExactly(7);
        }
    }

    /** 11: zenml#4867. */
    @Test
    void a_command_is_killed_with_all_processes_that_it_started() {
        var session = session();
        try (var process = session.processes().start(ProcessSpec.of("/bin/sh", "-c", "sleep 1000 & echo $!; wait"))) {
            var child = new String(
                    ((dev.sandboxer.extension.session.ProcessEvent.Output)
                                    java.util.Objects.requireNonNull(CompletedRun.next(process)))
                            .bytes(),
                    java.nio.charset.StandardCharsets.UTF_8);
            process.signal(Signal.KILL, true);
            assertThat(CompletedRun.toEnd(process).end().signal()).isEqualTo(9);
            assertThat(CompletedRun.sh(session, "while kill -0 \"$1\"; do sleep 0.05; done", child.strip())
                            .end()
                            .code())
                    .isZero();
        }
        assertThat(CompletedRun.sh(session, "echo the others live").output()).isEqualTo("the others live\n");
    }

    @Test
    void a_killed_command_reports_the_end_of_its_sandbox_even_if_that_is_recorded_a_moment_later() throws Exception {
        var ref = backend.create(Requests.usual()).ref();
        try (var process = backend.connect(ref).processes().start(ProcessSpec.of("sh", "-c", "echo up; sleep 1000"))) {
            CompletedRun.next(process);
            modal.router.killAll();
            Thread.ofVirtual().start(() -> {
                sleep(Duration.ofMillis(500));
                modal.control.end(ref.value(), GenericResult.Status.TIMEOUT, 137);
            });

            var gone = failure(() -> CompletedRun.toEnd(process));

            assertThat(gone.kind()).isEqualTo(Kind.GONE);
            assertThat(gone).hasMessageContaining("time limit was reached");
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** 12: modal-client#4129. */
    @Test
    void waiting_for_a_gpu_has_a_limit_and_then_the_next_type_is_tried() {
        modal.control.scarce.add("H100");
        var events = new CopyOnWriteArrayList<CreationProgress>();

        var made = backend.create(Requests.told(Requests.gpu(2, "H100", "A100-80GB"), events));

        assertThat(java.util.Objects.requireNonNull(made.size().gpu()).types()).containsExactly("A100-80GB");
        assertThat(events)
                .extracting(CreationProgress::stage)
                .contains(Stage.QUEUED)
                .endsWith(Stage.STARTING);
        assertThat(modal.asked("SandboxCreate", SandboxCreateRequest.class))
                .extracting(it -> it.getDefinition().getResources().getGpuConfig())
                .extracting(it -> it.getGpuType() + ":" + it.getCount())
                .containsExactly("H100:2", "A100-80GB:2");
        assertThat(modal.control.running()).as("the first one was terminated").hasSize(1);
        assertThat(backend.describe(made.ref()))
                .hasValueSatisfying(it -> assertThat(it.size()).isEqualTo(made.size()));
    }

    /** 12. */
    @Test
    void when_there_is_no_gpu_no_sandbox_is_left_waiting() throws Exception {
        modal.control.scarce.addAll(Set.of("H100", "T4"));

        var none = failure(() -> backend.create(Requests.of(Requests.TAG, Requests.gpu(1, "H100", "T4"))));

        assertThat(none.kind()).isEqualTo(Kind.CAPACITY);
        assertThat(none.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(modal.control.running()).isEmpty();
        var events = new CopyOnWriteArrayList<CreationProgress>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting =
                    threads.submit(() -> failure(() -> backend.create(Requests.told(Requests.gpu(1, "H100"), events))));
            while (events.stream().noneMatch(it -> it.text().startsWith("waiting for"))) {
                Thread.sleep(1);
            }
            assertThat(modal.control.running()).hasSize(1);
            waiting.cancel(true);
            while (!modal.control.running().isEmpty()) {
                Thread.sleep(1);
            }
        }
    }

    /** 13: libmodal#245. */
    @Test
    void the_output_of_a_terminal_arrives_byte_for_byte_though_its_stream_breaks() {
        modal.router.cutAfter = 10_000;
        var text = IntStream.rangeClosed(1, 20_000).mapToObj(i -> i + "\r\n").collect(Collectors.joining());
        var terminal = ProcessSpec.builder("/bin/sh", "-c", "seq 1 20000; exit 4")
                .pty(new PtySize(80, 24))
                .build();

        var run = CompletedRun.of(session(), terminal);

        assertThat(run.output()).isEqualTo(text);
        assertThat(run.end().code()).isEqualTo(4);
    }

    /** 14: verifiers#1639. */
    @Test
    void a_throttled_creation_waits_as_long_as_modal_says_but_not_too_long() {
        modal.throttle("SandboxCreateV2", 0.1).throttle("SandboxCreateV2", 0.1);

        var made = backend.create(Requests.usual());

        assertThat(modal.control.running()).hasSize(1);
        backend.destroy(new BackendRef(made.ref().value()));
        modal.throttle("SandboxCreateV2", 60);
        var told = failure(() -> backend.create(Requests.usual()));
        assertThat(told.kind()).isEqualTo(Kind.THROTTLED);
        assertThat(told.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(told.retryAfter()).isEqualTo(Duration.ofSeconds(60));
    }
}
