package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sandboxer.protocol.e2b.ProcessProto.CloseStdinRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.CloseStdinResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.ConnectRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.ConnectResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.ListRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.ListResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.PTY;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessConfig;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessInput;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessSelector;
import dev.sandboxer.protocol.e2b.ProcessProto.SendInputRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.SendInputResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.SendSignalRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.SendSignalResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.Signal;
import dev.sandboxer.protocol.e2b.ProcessProto.StartRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.StartResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.StreamInputRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.StreamInputResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.UpdateRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.UpdateResponse;
import dev.sandboxer.server.it.harness.BinaryCalls;
import dev.sandboxer.server.it.harness.BinaryStream;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Processes over binary Protobuf, as clients in Go and Rust use it. */
class BinaryProcessIT {
    private static final String PROCESS = "process.Process/";

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    private static BinaryCalls calls() {
        return new BinaryCalls(server.sandbox());
    }

    private static StartRequest shell(String command) {
        return StartRequest.newBuilder()
                .setProcess(ProcessConfig.newBuilder()
                        .setCmd("/bin/sh")
                        .addArgs("-c")
                        .addArgs(command)
                        .putEnvs("MARK", "ü"))
                .setStdin(false)
                .build();
    }

    private static BinaryStream<StartResponse> start(StartRequest request) throws IOException {
        return calls().stream(PROCESS + "Start", StartResponse.getDefaultInstance(), request);
    }

    private static int pid(BinaryStream<StartResponse> process) throws IOException {
        var pid = process.next().getEvent().getStart().getPid();
        assertThat(pid).isPositive();
        return pid;
    }

    private static ProcessSelector selector(int pid) {
        return ProcessSelector.newBuilder().setPid(pid).build();
    }

    @Test
    void a_command_streams_its_start_its_output_and_its_end() throws IOException {
        try (var process = start(shell("printf %s \"$MARK\"; exit 3"))) {
            pid(process);
            assertThat(process.next().getEvent().getData().getStdout().toStringUtf8())
                    .isEqualTo("ü");
            var end = process.next().getEvent().getEnd();
            assertThat(end.getExited()).isTrue();
            assertThat(end.getExitCode()).isEqualTo(3);
            assertThat(end.getStatus()).isEqualTo("exit status 3");
            assertThat(process.end()).isEmpty();
        }
    }

    /** Sends the exact bytes with which Go's library starts {@code /bin/echo hi} with closed input. */
    @Test
    void the_bytes_of_a_go_client_are_understood_and_answered_in_kind() throws IOException {
        var hex = HexFormat.of();
        var frame = hex.parseHex("00" + "00000013" + "0a0f" + "0a09" + "2f62696e2f6563686f" + "1202" + "6869" + "2000");
        var answer = calls().ask(PROCESS + "Start", "application/connect+proto", frame);
        assertThat(answer.header("Content-Type")).isEqualTo("application/connect+proto");
        assertThat(hex.formatHex(answer.content()))
                .contains("00" + "00000009" + "0a07" + "1205" + "0a03" + "68690a")
                .contains("00" + "00000015" + "0a13" + "1a11" + "1001" + "1a0d"
                        + hex.formatHex("exit status 0".getBytes(UTF_8)))
                .endsWith("02" + "00000002" + "7b7d");
    }

    @Test
    void a_process_takes_input_and_its_end() throws IOException {
        var request = StartRequest.newBuilder()
                .setProcess(ProcessConfig.newBuilder().setCmd("/bin/cat"))
                .build();
        try (var cat = start(request)) {
            var process = selector(pid(cat));
            var bytes = ByteString.copyFrom(new byte[] {0, -1, '\n'});
            var input = ProcessInput.newBuilder().setStdin(bytes);
            calls().call(
                            PROCESS + "SendInput",
                            SendInputRequest.newBuilder()
                                    .setProcess(process)
                                    .setInput(input)
                                    .build(),
                            SendInputResponse.getDefaultInstance());
            assertThat(cat.next().getEvent().getData().getStdout()).isEqualTo(bytes);
            var streamed = calls().stream(
                    PROCESS + "StreamInput",
                    StreamInputResponse.getDefaultInstance(),
                    StreamInputRequest.newBuilder()
                            .setStart(StreamInputRequest.StartEvent.newBuilder().setProcess(process))
                            .build(),
                    StreamInputRequest.newBuilder()
                            .setData(StreamInputRequest.DataEvent.newBuilder().setInput(input))
                            .build());
            try (streamed) {
                streamed.next();
                assertThat(streamed.end()).isEmpty();
            }
            assertThat(cat.next().getEvent().getData().getStdout()).isEqualTo(bytes);
            calls().call(
                            PROCESS + "CloseStdin",
                            CloseStdinRequest.newBuilder().setProcess(process).build(),
                            CloseStdinResponse.getDefaultInstance());
            assertThat(cat.next().getEvent().getEnd().getExited()).isTrue();
        }
    }

    @Test
    void a_process_is_listed_joined_resized_and_killed() throws IOException {
        var request = shell("sleep 1000").toBuilder()
                .setTag("joined")
                .setPty(PTY.newBuilder()
                        .setSize(PTY.Size.newBuilder().setCols(90).setRows(30)))
                .build();
        try (var process = start(request)) {
            var pid = pid(process);
            var listed = calls().inBoth(
                            PROCESS + "List", ListRequest.getDefaultInstance(), ListResponse.getDefaultInstance());
            assertThat(listed.getProcessesList()).anySatisfy(one -> {
                assertThat(one.getPid()).isEqualTo(pid);
                assertThat(one.getTag()).isEqualTo("joined");
                assertThat(one.getConfig().getArgsList()).containsExactly("-c", "sleep 1000");
            });
            var tagged = ProcessSelector.newBuilder().setTag("joined").build();
            var joined = calls().stream(
                    PROCESS + "Connect",
                    ConnectResponse.getDefaultInstance(),
                    ConnectRequest.newBuilder().setProcess(tagged).build());
            try (joined) {
                assertThat(joined.next().getEvent().getStart().getPid()).isEqualTo(pid);
                calls().inBoth(
                                PROCESS + "Update",
                                UpdateRequest.newBuilder()
                                        .setProcess(tagged)
                                        .setPty(request.getPty())
                                        .build(),
                                UpdateResponse.getDefaultInstance());
                calls().call(
                                PROCESS + "SendSignal",
                                SendSignalRequest.newBuilder()
                                        .setProcess(selector(pid))
                                        .setSignal(Signal.SIGNAL_SIGKILL)
                                        .build(),
                                SendSignalResponse.getDefaultInstance());
                var end = joined.next().getEvent().getEnd();
                assertThat(end.getExitCode()).isEqualTo(-1);
                assertThat(end.getStatus()).isEqualTo("signal: killed");
                assertThat(joined.end()).isEmpty();
            }
        }
    }
}
