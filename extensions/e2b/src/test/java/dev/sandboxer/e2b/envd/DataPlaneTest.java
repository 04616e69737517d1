package dev.sandboxer.e2b.envd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.e2b.BrokenCloud;
import dev.sandboxer.e2b.ScriptedCloud;
import dev.sandboxer.e2b.ScriptedSandbox;
import dev.sandboxer.e2b.http.Timeouts;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls into a sandbox, and failures when something other than the sandbox answers. */
@Timeout(60)
class DataPlaneTest extends ScriptedSandbox {
    private static final String STAT = "POST /filesystem.Filesystem/Stat";
    private static final String START = "POST /process.Process/Start";
    private static final String LIST = "POST /process.Process/List";
    private static final String STARTED = "{\"event\":{\"start\":{\"pid\":7}}}";
    private static final String ENDED = "{\"event\":{\"end\":{\"exited\":true,\"exitCode\":4}}}";
    private static final String ALIVE = "{\"event\":{\"keepalive\":{}}}";

    @Test
    void a_call_names_the_sandbox_and_the_user_and_carries_the_token_but_never_the_key() {
        cloud.on(START, ScriptedCloud.stream(STARTED, ENDED));
        session()
                .processes()
                .start(ProcessSpec.builder("true")
                        .user("root")
                        .timeout(Duration.ofMillis(1500))
                        .build());
        var asked = cloud.asked(START).getFirst();
        assertThat(asked.header("E2b-Sandbox-Id")).isEqualTo(ScriptedCloud.SANDBOX);
        assertThat(asked.header("E2b-Sandbox-Port")).isEqualTo("49983");
        assertThat(asked.header("X-Access-Token")).isEqualTo("token-of-the-sandbox");
        assertThat(asked.header("Connect-Protocol-Version")).isEqualTo("1");
        assertThat(asked.header("Content-Type")).isEqualTo("application/connect+json");
        assertThat(asked.header("Connect-Timeout-Ms")).isEqualTo("1500");
        assertThat(asked.header("Authorization")).isEqualTo("Basic cm9vdDo=");
        assertThat(asked.headers().toString()).doesNotContain(ScriptedCloud.KEY).doesNotContain("Upgrade");
    }

    @Test
    void without_a_user_and_a_time_limit_no_such_headers_are_sent() {
        cloud.on(START, ScriptedCloud.stream(STARTED, ENDED));
        session().processes().start(ProcessSpec.of("true"));
        assertThat(cloud.asked(START).getFirst().headers()).doesNotContainKeys("Authorization", "Connect-timeout-ms");
    }

    @Test
    void after_a_proxys_answer_the_control_plane_tells_what_became_of_the_sandbox() {
        cloud.on(
                LIST,
                ScriptedCloud.json(
                        502, "{\"sandboxId\":\"x\",\"message\":\"The sandbox was not found\",\"code\":502}"));
        var session = session();
        cloud.instead(
                "GET /sandboxes/" + ScriptedCloud.SANDBOX,
                ScriptedCloud.json(200, ScriptedCloud.detail("inst-sb-1", "running")),
                ScriptedCloud.json(200, ScriptedCloud.detail("inst-sb-1", "paused")),
                ScriptedCloud.error(404, "doesn't exist"));
        var processes = session.processes();
        assertThat(failure(processes::list).kind()).as("it runs").isEqualTo(Kind.TRANSIENT);
        var paused = failure(processes::list);
        assertThat(paused.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(paused).hasMessageContaining("paused");
        assertThat(failure(processes::list).kind()).as("it has ended").isEqualTo(Kind.GONE);
    }

    @Test
    void a_throttled_call_says_when_to_retry() {
        cloud.on(LIST, ScriptedCloud.error(429, "too many connections", "Retry-After", "3"));
        var failure = failure(session().processes()::list);
        assertThat(failure.kind()).isEqualTo(Kind.THROTTLED);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void a_rejected_token_differs_from_an_unknown_user_and_is_not_shown() {
        cloud.on(LIST, ScriptedCloud.error(401, "bad token token-of-the-sandbox"));
        cloud.on(STAT, 401, "{\"code\":\"unauthenticated\",\"message\":\"invalid username\"}");
        var session = session();
        var failure = failure(session.processes()::list);
        assertThat(failure.kind()).isEqualTo(Kind.INTERNAL);
        assertThat(failure.getMessage()).doesNotContain("token-of-the-sandbox");
        assertThat(refusal(() -> session.files().stat("/x", "who"))).isEqualTo(Reason.UNKNOWN_USER);
    }

    @Test
    void a_stream_that_breaks_is_not_an_exit() {
        cloud.on(START, ScriptedCloud.streaming(envelopes -> envelopes.message(STARTED.getBytes())));
        var session = session();
        end();
        var process = session.processes().start(ProcessSpec.of("true"));
        assertThat(failure(() -> process.next(null)).kind()).isEqualTo(Kind.GONE);
    }

    @Test
    void a_connection_that_is_cut_in_the_middle_of_a_message_is_not_an_exit() throws Exception {
        var started = new java.io.ByteArrayOutputStream();
        new dev.sandboxer.connect.EnvelopeWriter(started).message(STARTED.getBytes());
        var head = "HTTP/1.1 200 OK\r\nContent-Type: application/connect+json\r\nTransfer-Encoding: chunked\r\n\r\n";
        var message = started.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
        var cut = head + Integer.toHexString(message.length()) + "\r\n" + message + "\r\n50\r\n\0\0\0\0";
        try (var broken = new BrokenCloud(cut, true)) {
            try (var backend = cloud.withSandbox().openAt(directory, broken.url())) {
                var process = backend.connect(new BackendRef(ScriptedCloud.SANDBOX))
                        .processes()
                        .start(ProcessSpec.of("true"));
                assertThat(process.pid()).isEqualTo(7);
                assertThat(failure(() -> process.next(Duration.ofSeconds(20))).kind())
                        .isEqualTo(Kind.TRANSIENT);
            }
            assertThat(broken.requests()).as("a start is sent once").isEqualTo(1);
        }
    }

    @Test
    void only_reads_are_retried_when_a_connection_breaks() {
        try (var broken = new BrokenCloud("", true);
                var backend = cloud.withSandbox().openAt(directory, broken.url())) {
            var session = backend.connect(new BackendRef(ScriptedCloud.SANDBOX));
            assertThat(failure(() -> session.files().stat("/x", null)).kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(broken.requests()).isEqualTo(2);
            failure(() -> session.files().remove("/x", null));
            failure(() -> session.processes().start(ProcessSpec.of("true")));
            failure(() -> session.processes().writeInput(ProcessSelector.pid(7), new byte[1]));
            assertThat(broken.requests()).isEqualTo(5);
        }
    }

    @Test
    void an_interrupt_ends_a_call_and_is_kept() throws Exception {
        try (var silent = new BrokenCloud("", false);
                var backend = cloud.withSandbox().openAt(directory, silent.url())) {
            var session = backend.connect(new BackendRef(ScriptedCloud.SANDBOX));
            for (Runnable call : java.util.List.<Runnable>of(
                    () -> session.files().stat("/x", null),
                    () -> session.processes().start(ProcessSpec.of("true")),
                    () -> session.files().read("/x", null, 0, 1))) {
                var kept = new boolean[1];
                var thread = Thread.ofVirtual().start(() -> {
                    Thread.currentThread().interrupt();
                    assertThat(failure(call::run).kind()).isEqualTo(Kind.TRANSIENT);
                    kept[0] = Thread.currentThread().isInterrupted();
                });
                assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
                assertThat(kept[0]).isTrue();
            }
        }
    }

    @Test
    void a_stream_that_ends_without_an_exit_event_is_not_an_exit() {
        cloud.on(START, ScriptedCloud.stream(STARTED));
        var process = session().processes().start(ProcessSpec.of("true"));
        assertThat(failure(() -> process.next(null)).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void garbage_in_a_stream_is_a_failure_of_the_stream() {
        for (var garbage :
                new String[] {"{\"event\":{\"end\":{}}}", "not json", "{\"event\":{\"data\":{\"stdout\":\"*\"}}}"}) {
            cloud.on(START, ScriptedCloud.stream(STARTED, garbage));
        }
        var session = session();
        for (int i = 0; i < 3; i++) {
            var process = session.processes().start(ProcessSpec.of("true"));
            assertThat(failure(() -> process.next(null)).kind()).isEqualTo(Kind.TRANSIENT);
        }
    }

    @Test
    void a_silent_stream_is_aborted_and_keep_alives_prevent_that() throws Exception {
        var silence = Duration.ofMillis(700);
        var quick = new Timeouts(
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                silence,
                Duration.ofMillis(1));
        var done = new CountDownLatch(1);
        cloud.on(START, ScriptedCloud.streaming(envelopes -> {
            envelopes.message(STARTED.getBytes());
            for (int i = 0; i < 8; i++) {
                await(new CountDownLatch(1), silence.dividedBy(4)); // nothing but time can be waited for here
                envelopes.message(ALIVE.getBytes());
            }
            envelopes.message(ENDED.getBytes());
            envelopes.end();
        }));
        cloud.on(START, ScriptedCloud.streaming(envelopes -> {
            envelopes.message(STARTED.getBytes());
            await(done, Duration.ofSeconds(30));
        }));
        var session = session(quick);
        var lively = session.processes().start(ProcessSpec.of("true"));
        assertThat(lively.next(Duration.ofSeconds(20))).isEqualTo(new Exited(4, 0, false));
        var silent = session.processes().start(ProcessSpec.of("true"));
        var failure = failure(() -> silent.next(Duration.ofSeconds(20)));
        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageContaining("silent");
        done.countDown();
    }

    @Test
    void a_process_that_times_out_is_killed_with_its_group() throws Exception {
        cloud.on(
                        START,
                        ScriptedCloud.streamThen(
                                new ConnectError(ConnectCode.DEADLINE_EXCEEDED, "context deadline exceeded"), STARTED))
                .on(START, ScriptedCloud.stream(STARTED, ENDED));
        var process = session()
                .processes()
                .start(ProcessSpec.builder("sleep")
                        .timeout(Duration.ofSeconds(1))
                        .build());
        assertThat(process.next(Duration.ofSeconds(20))).isEqualTo(new Exited(-1, 9, true));
        assertThat(new String(cloud.asked(START).get(1).body(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("kill -s KILL", "\"7\"");
    }

    @Test
    void a_refused_start_fails_with_its_reason() {
        cloud.on(
                START,
                ScriptedCloud.streamThen(new ConnectError(ConnectCode.INVALID_ARGUMENT, "cwd '/no' does not exist")));
        assertThat(refusal(() -> session()
                        .processes()
                        .start(ProcessSpec.builder("ls").cwd("/no").build())))
                .isEqualTo(Reason.CWD_MISSING);
    }

    @Test
    void input_is_sent_again_as_terminal_input_when_the_sandbox_asks_for_it() {
        var input = "POST /process.Process/SendInput";
        cloud.on(
                        input,
                        500,
                        "{\"code\":\"internal\",\"message\":\"input should be written to the pty, not the stdin\"}")
                .on(input, 200, "{}");
        session().processes().writeInput(ProcessSelector.pid(3), new byte[] {1});
        assertThat(cloud.asked(input)).hasSize(2);
        assertThat(cloud.asked(input).getLast().json().path("input").toString()).isEqualTo("{\"pty\":\"AQ==\"}");
    }

    @Test
    void a_tag_is_looked_up_in_the_whole_list() {
        cloud.on(
                        LIST,
                        200,
                        "{\"processes\":[{\"pid\":5,\"tag\":\"a\",\"config\":{\"cmd\":\"x\"}},"
                                + "{\"pid\":6,\"tag\":\"b\",\"config\":{\"cmd\":\"x\"}}]}")
                .on("POST /process.Process/CloseStdin", 200, "{}");
        session().processes().closeInput(ProcessSelector.tag("b"));
        assertThat(cloud.asked("POST /process.Process/CloseStdin")
                        .getFirst()
                        .json()
                        .toString())
                .isEqualTo("{\"process\":{\"pid\":6}}");
    }

    @Test
    void closing_a_process_wakes_a_waiting_reader_without_a_call() throws Exception {
        var hold = new CountDownLatch(1);
        cloud.on(START, ScriptedCloud.streaming(envelopes -> {
            envelopes.message(STARTED.getBytes());
            await(hold, Duration.ofSeconds(30));
        }));
        var process = session().processes().start(ProcessSpec.of("sleep"));
        var waiting = java.util.concurrent.CompletableFuture.supplyAsync(() -> failure(() -> process.next(null)));
        ProcessEvent none = process.next(Duration.ZERO);
        assertThat(none).isNull();
        process.close();
        assertThat(waiting.get().kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(cloud.asked("GET /sandboxes/" + ScriptedCloud.SANDBOX)).hasSize(1);
        hold.countDown();
    }

    @Test
    void closing_the_backend_wakes_a_waiting_reader() throws Exception {
        var hold = new CountDownLatch(1);
        cloud.on(START, ScriptedCloud.streaming(envelopes -> {
            envelopes.message(STARTED.getBytes());
            await(hold, Duration.ofSeconds(30));
        }));
        var process = session().processes().start(ProcessSpec.of("sleep"));
        var waiting = java.util.concurrent.CompletableFuture.supplyAsync(() -> failure(() -> process.next(null)));
        closeBackend();
        assertThat(waiting.get().kind()).isEqualTo(Kind.TRANSIENT);
        hold.countDown();
    }

    private static void await(CountDownLatch latch, Duration limit) {
        try {
            var _ = latch.await(limit.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
