package dev.sandboxer.http.modal.router;

import static dev.sandboxer.http.modal.router.RoutedSandbox.TASK;
import static dev.sandboxer.http.modal.router.RoutedSandbox.command;
import static dev.sandboxer.http.modal.router.RoutedSandbox.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sandboxer.protocol.modal.ClientProto.PTYInfo;
import dev.sandboxer.protocol.modal.ClientProto.SecretSource;
import dev.sandboxer.protocol.modal.ClientProto.StringMap;
import dev.sandboxer.protocol.modal.RouterProto.ExecFd;
import dev.sandboxer.protocol.modal.RouterProto.StderrConfig;
import dev.sandboxer.protocol.modal.RouterProto.StdoutConfig;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecPollRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecPollResponse.ExitStatusCase;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinStatusRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamEnd;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteStreamStart;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdioReadRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecWaitRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The router's calls about commands, in a sandbox on this machine. */
class ExecIT {
    private static final long MIB = 1 << 20;

    private static RoutedSandbox routed;

    @BeforeAll
    static void serve() throws IOException {
        routed = new RoutedSandbox();
    }

    @AfterAll
    static void end() throws IOException {
        routed.close();
    }

    private static Status refusal(TaskExecStartRequest.Builder command) {
        try {
            routed.start(command);
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
        throw new AssertionError("the command was started");
    }

    @Test
    void a_command_returns_its_output_and_its_exit_code() {
        var exec = routed.start("echo out; echo err >&2; exit 7");

        assertThat(routed.await(exec)).isEqualTo(7);
        assertThat(routed.stdout(exec)).isEqualTo("out\n");
        assertThat(routed.stderr(exec)).isEqualTo("err\n");
    }

    @Test
    void success_is_an_explicit_code_on_the_wire() {
        var exec = routed.start("true");

        var answer = routed.client()
                .taskExecWait(TaskExecWaitRequest.newBuilder()
                        .setTaskId(TASK)
                        .setExecId(exec)
                        .build());
        assertThat(answer.hasCode()).isTrue();
        assertThat(answer.getCode()).isZero();
    }

    @Test
    void output_can_be_read_again_and_from_any_byte() {
        var exec = routed.start("seq 1 100000");

        var all = routed.stdout(exec, 0);
        assertThat(all.toStringUtf8()).startsWith("1\n2\n").endsWith("\n100000\n");
        for (int offset : new int[] {1, 262_143, 262_144, 262_145, all.size() - 1, all.size()}) {
            assertThat(routed.stdout(exec, offset)).isEqualTo(all.substring(offset));
        }
        assertThatThrownBy(() -> routed.stdout(exec, all.size() + 1L)).hasMessageContaining("OUT_OF_RANGE");
    }

    @Test
    void a_command_runs_as_root_with_its_variables_and_directory() {
        var exec = routed.start(shell("id -un; pwd; echo $A$B$SECRET")
                .setWorkdir("/tmp")
                .addSecretIds("st-1")
                .addSecretSources(SecretSource.newBuilder()
                        .setEnv(StringMap.newBuilder().putContents("A", "1").putContents("B", "2")))
                .putEnv("B", "3"));

        assertThat(routed.stdout(exec)).isEqualTo("root\n/tmp\n13st-1\n");
    }

    @Test
    void a_repeated_start_with_the_same_id_runs_the_command_once() {
        var command = shell("echo x >> /tmp/once; cat /tmp/once");
        var exec = routed.start(command);
        routed.start(command);

        assertThat(routed.await(exec)).isZero();
        routed.start(command);
        assertThat(routed.stdout(exec)).isEqualTo("x\n");
        assertThat(refusal(command.clone().addCommandArgs("more")).getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    }

    @Test
    void a_command_that_cannot_start_says_why() {
        assertThat(refusal(command("no-such-command")).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refusal(command("no-such-command")).getDescription()).contains("no-such-command");
        assertThat(refusal(shell("true").setWorkdir("/nowhere")).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refusal(shell("true").setWorkdir("tmp")).getDescription()).contains("absolute");
        assertThat(refusal(command()).getDescription()).contains("at least one word");
        assertThat(refusal(shell("true").setTaskId("ta-2")).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void a_command_may_have_65536_characters_and_no_more() {
        var exec = routed.start(command("echo", "x".repeat(65_532)));

        assertThat(routed.await(exec)).isZero();
        assertThat(refusal(command("echo", "x".repeat(65_533))).getDescription())
                .contains("65537")
                .contains("65536");
    }

    @Test
    void streams_go_where_the_request_says() {
        var joined = routed.start(shell("echo a; echo b >&2").setStderrConfig(StderrConfig.STDERR_TO_STDOUT));
        assertThat(routed.stdout(joined)).contains("a\n").contains("b\n");
        assertThat(routed.stderr(joined)).isEmpty();

        var silent = routed.start(shell("echo a; echo b >&2")
                .setStdoutConfig(StdoutConfig.STDOUT_DEVNULL)
                .setStderrConfig(StderrConfig.STDERR_DEVNULL));
        assertThat(routed.await(silent)).isZero();
        assertThat(routed.stdout(silent)).isEmpty();
        assertThat(routed.stderr(silent)).isEmpty();
    }

    @Test
    void input_that_is_sent_twice_is_read_once() {
        var exec = routed.start("cat");

        routed.write(exec, 0, "hello ", false);
        routed.write(exec, 0, "hello ", false);
        routed.write(exec, 3, "lo world", false);
        assertThatThrownBy(() -> routed.write(exec, 100, "gap", false)).hasMessageContaining("FAILED_PRECONDITION");
        routed.write(exec, 11, "", true);

        assertThat(routed.stdout(exec)).isEqualTo("hello world");
        assertThat(routed.await(exec)).isZero();
    }

    @Test
    void input_stays_open_until_it_is_closed() throws Exception {
        var exec = routed.start("cat; echo over");

        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(poll(exec)).isEqualTo(ExitStatusCase.EXITSTATUS_NOT_SET);
        routed.write(exec, 0, "", true);
        assertThat(routed.stdout(exec)).isEqualTo("over\n");
        assertThat(routed.await(exec)).isZero();
        assertThat(poll(exec)).isEqualTo(ExitStatusCase.CODE);
        routed.write(exec, 0, "", true); // closing after the end is harmless
        assertThatThrownBy(() -> routed.write(exec, 0, "x", false)).hasMessageContaining("FAILED_PRECONDITION");
    }

    private static ExitStatusCase poll(String exec) {
        return routed.client()
                .taskExecPoll(TaskExecPollRequest.newBuilder()
                        .setTaskId(TASK)
                        .setExecId(exec)
                        .build())
                .getExitStatusCase();
    }

    private static final class Answer implements StreamObserver<TaskExecStdinWriteStreamResponse> {
        final CompletableFuture<Boolean> done = new CompletableFuture<>();

        @Override
        public void onNext(TaskExecStdinWriteStreamResponse value) {}

        @Override
        public void onError(Throwable t) {
            done.completeExceptionally(t);
        }

        @Override
        public void onCompleted() {
            done.complete(true);
        }
    }

    private static TaskExecStdinWriteStreamRequest from(String exec, long offset) {
        return TaskExecStdinWriteStreamRequest.newBuilder()
                .setStart(TaskExecStdinWriteStreamStart.newBuilder()
                        .setTaskId(TASK)
                        .setExecId(exec)
                        .setOffset(offset))
                .build();
    }

    private static TaskExecStdinWriteStreamRequest data(byte[] bytes) {
        return TaskExecStdinWriteStreamRequest.newBuilder()
                .setData(ByteString.copyFrom(bytes))
                .build();
    }

    private static final TaskExecStdinWriteStreamRequest END = TaskExecStdinWriteStreamRequest.newBuilder()
            .setEnd(TaskExecStdinWriteStreamEnd.getDefaultInstance())
            .build();

    @Test
    void a_stream_of_input_can_continue_where_it_broke_off() throws Exception {
        var exec = routed.start("cksum");
        var bytes = new byte[3_000_000];
        new java.util.Random(1).nextBytes(bytes);

        var broken = routed.streams().taskExecStdinWriteStream(new Answer());
        broken.onNext(from(exec, 0));
        broken.onNext(data(java.util.Arrays.copyOf(bytes, 1_000_000)));
        broken.onError(new IOException("cut"));
        var status = routed.client()
                .taskExecStdinStatus(TaskExecStdinStatusRequest.newBuilder()
                        .setTaskId(TASK)
                        .setExecId(exec)
                        .build());
        assertThat(status.getClosed()).isFalse();

        var answer = new Answer();
        var second = routed.streams().taskExecStdinWriteStream(answer);
        second.onNext(from(exec, status.getNumBytesWritten()));
        second.onNext(data(java.util.Arrays.copyOfRange(bytes, (int) status.getNumBytesWritten(), bytes.length)));
        second.onNext(END);
        assertThat(answer.done.get(60, TimeUnit.SECONDS)).isTrue();
        second.onCompleted();

        var expected = routed.start(shell("cat > /tmp/in; cksum < /tmp/in"));
        var whole = new Answer();
        var third = routed.streams().taskExecStdinWriteStream(whole);
        third.onNext(from(expected, 0));
        third.onNext(data(bytes));
        third.onNext(END);
        assertThat(whole.done.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(routed.stdout(exec)).isEqualTo(routed.stdout(expected)).endsWith(" 3000000\n");
    }

    @Test
    void a_stream_of_input_to_a_command_that_has_ended_is_refused() {
        var exec = routed.start("true");
        routed.await(exec);

        var answer = new Answer();
        var stream = routed.streams().taskExecStdinWriteStream(answer);
        stream.onNext(from(exec, 0));
        stream.onNext(data(new byte[] {1}));
        assertThatThrownBy(() -> answer.done.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("FAILED_PRECONDITION");
    }

    @Test
    void a_command_whose_time_is_up_is_killed_with_its_children() {
        var exec = routed.start(shell("echo begun; sleep 1000 & sleep 1000").setTimeoutSecs(1));

        assertThat(routed.await(exec)).isEqualTo(137);
        assertThat(routed.stdout(exec)).isEqualTo("begun\n");
        assertThat(routed.stderr(exec)).isEmpty();
    }

    @Test
    void a_signal_is_reported_as_a_signal() {
        var exec = routed.start("kill -TERM $$");

        assertThat(routed.await(exec)).isEqualTo(143);
    }

    @Test
    void a_background_child_does_not_delay_the_end() {
        var exec = routed.start("sleep 600 & echo done");

        assertThat(routed.await(exec)).isZero();
        assertThat(routed.stdout(exec)).isEqualTo("done\n");
    }

    @Test
    void a_terminal_shows_both_streams_byte_for_byte() {
        var exec = routed.start(shell("tty >/dev/null && stty size; echo $TERM; echo err >&2; cat -v")
                .setPtyInfo(PTYInfo.newBuilder()
                        .setEnabled(true)
                        .setWinszRows(30)
                        .setWinszCols(100)
                        .setEnvTerm("vt100")));

        routed.write(exec, 0, "\u0004", false);
        assertThat(routed.stdout(exec)).isEqualTo("30 100\r\nvt100\r\nerr\r\n");
        assertThat(routed.stderr(exec)).isEmpty();
        assertThat(routed.await(exec)).isZero();
    }

    @Test
    void a_hundred_megabytes_come_through_whole() {
        var exec = routed.start("head -c 104857600 /dev/zero | tr '\\0' x");

        var count = 0L;
        var pieces = routed.client()
                .taskExecStdioRead(TaskExecStdioReadRequest.newBuilder()
                        .setTaskId(TASK)
                        .setExecId(exec)
                        .setFileDescriptor(ExecFd.EXEC_FD_STDOUT)
                        .build());
        while (pieces.hasNext()) {
            count += pieces.next().getData().size();
        }
        assertThat(count).isEqualTo(100 * MIB);
        assertThat(routed.await(exec)).isZero();
        assertThat(routed.stdout(exec, 100 * MIB - 3).toStringUtf8()).isEqualTo("xxx");
    }

    @Test
    void a_reader_that_leaves_does_not_end_the_command() throws Exception {
        var exec = routed.start("echo first; read line; echo $line");

        var pieces = routed.client()
                .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                .taskExecStdioRead(TaskExecStdioReadRequest.newBuilder()
                        .setTaskId(TASK)
                        .setExecId(exec)
                        .build());
        assertThat(pieces.next().getData().toStringUtf8()).isEqualTo("first\n");
        assertThatThrownBy(pieces::next).hasMessageContaining("DEADLINE_EXCEEDED");
        routed.write(exec, 0, "second\n", false);
        assertThat(routed.stdout(exec, 6).toStringUtf8()).isEqualTo("second\n");
    }

    @Test
    void an_unknown_command_is_not_found() {
        assertThatThrownBy(() -> routed.await("unknown")).hasMessageContaining("NOT_FOUND");
        assertThatThrownBy(() -> routed.stdout("unknown")).hasMessageContaining("NOT_FOUND");
        assertThatThrownBy(() -> routed.write("unknown", 0, "x", false)).hasMessageContaining("NOT_FOUND");
    }

    @Test
    void the_end_of_a_sandbox_ends_its_commands() throws Exception {
        try (var own = new RoutedSandbox()) {
            var exec = own.start("echo begun; sleep 1000");
            var status = CompletableFuture.supplyAsync(() -> own.await(exec));
            var output = CompletableFuture.supplyAsync(() -> own.stdout(exec));
            TimeUnit.MILLISECONDS.sleep(500);

            own.sandboxes().destroy(own.sandbox());

            assertThat(status.get(60, TimeUnit.SECONDS)).isEqualTo(137);
            assertThat(output.get(60, TimeUnit.SECONDS)).isEqualTo("begun\n");
        }
    }
}
