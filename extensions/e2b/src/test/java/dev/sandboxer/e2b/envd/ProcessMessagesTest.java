package dev.sandboxer.e2b.envd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.protocol.e2b.Codec;
import dev.sandboxer.protocol.e2b.ProcessProto;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessMessagesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"exited":true}                                                                         | 0   | 0
            {"exited":true,"exitCode":3,"status":"exit status 3","error":"exit status 3"}           | 3   | 0
            {"exited":true,"exitCode":137,"status":"exit status 137"}                               | 137 | 0
            {"exitCode":-1,"status":"signal: killed","error":"signal: killed"}                      | -1  | 9
            {"exitCode":-1,"exited":false,"status":"signal: terminated"}                            | -1  | 15
            {"exitCode":-1,"status":"signal: aborted (core dumped)"}                                | -1  | 6
            {"exitCode":-1,"status":"signal: segmentation fault (core dumped)"}                     | -1  | 11
            {"exitCode":-1,"status":"signal: interrupt"}                                            | -1  | 2
            {"exitCode":-1,"status":"signal: bad system call (core dumped)"}                        | -1  | 31
            {"exitCode":-1,"status":"signal: signal 34"}                                            | -1  | 34
            """)
    void an_exit_is_read_in_each_of_gos_forms(String end, int code, int signal) throws IOException {
        assertThat(event("{\"end\":" + end + "}")).isEqualTo(new Exited(code, signal, false));
    }

    @Test
    void an_exit_without_a_status_is_a_failure() {
        for (var end : new String[] {"{}", "{\"exitCode\":0}", "{\"status\":\"signal: \"}", "{\"status\":\"gone\"}"}) {
            assertThatThrownBy(() -> event("{\"end\":" + end + "}")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void output_has_its_channel_and_its_bytes() throws IOException {
        for (var channel : Channel.values()) {
            var name = channel.name().toLowerCase(java.util.Locale.ROOT);
            var output = (Output) event("{\"data\":{\"" + name + "\":\"aMO8\"}}");
            assertThat(output.channel()).isEqualTo(channel);
            assertThat(output.bytes()).isEqualTo("hü".getBytes(UTF_8));
        }
        assertThat(event("{\"data\":{}}")).isNull();
    }

    @Test
    void keep_alives_and_unknown_events_are_ignored() throws IOException {
        assertThat(event("{\"keepalive\":{}}")).isNull();
        assertThat(event("{\"start\":{\"pid\":1}}")).isNull();
        assertThat(event("{\"later\":{\"x\":1}}")).isNull();
    }

    @Test
    void a_stream_has_to_begin_with_a_pid() throws IOException {
        assertThat(ProcessMessages.started(
                        read("{\"start\":{\"pid\":7}}", ProcessProto.ProcessEvent.getDefaultInstance())))
                .isEqualTo(7);
        assertThatThrownBy(() -> ProcessMessages.started(null)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ProcessMessages.started(ProcessProto.ProcessEvent.getDefaultInstance()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_start_request_has_only_what_was_asked_for() {
        var plain = ProcessMessages.start(ProcessSpec.of("ls", "-l", ""));
        assertThat(text(plain)).isEqualTo("{\"process\":{\"cmd\":\"ls\",\"args\":[\"-l\",\"\"]},\"stdin\":false}");
        var full = ProcessMessages.start(ProcessSpec.builder("sh")
                .cwd("/x")
                .env(Map.of("A", "1"))
                .tag("t")
                .stdin(true)
                .pty(new PtySize(80, 24))
                .build());
        assertThat(full.getProcess().getCwd()).isEqualTo("/x");
        assertThat(full.getProcess().getEnvsMap()).containsEntry("A", "1");
        assertThat(text(full.getPty())).isEqualTo("{\"size\":{\"cols\":80,\"rows\":24}}");
        assertThat(full.getTag()).isEqualTo("t");
        assertThat(full.getStdin()).isTrue();
    }

    @Test
    void a_listing_marks_terminals_and_leaves_out_our_own_commands() {
        var terminal = ProcessMessages.start(
                ProcessSpec.builder("sh").pty(new PtySize(80, 24)).build());
        var list = "{\"processes\":[{\"pid\":5,\"config\":" + text(terminal.getProcess()) + "},"
                + "{\"pid\":6,\"tag\":\"mine\",\"config\":{\"cmd\":\"a\",\"args\":[\"b\"],\"envs\":{\"X\":\"y\"},\"cwd\":\"/\"}},"
                + "{\"pid\":7,\"tag\":\"sandboxer-aside\",\"config\":{\"cmd\":\"sh\"}}]}";
        var found = ProcessMessages.list(read(list, ProcessProto.ListResponse.getDefaultInstance()));
        assertThat(found).hasSize(2);
        assertThat(found.get(0).pty()).isTrue();
        assertThat(found.get(0).env()).isEmpty();
        assertThat(found.get(0).tag()).isNull();
        assertThat(found.get(1).pty()).isFalse();
        assertThat(found.get(1).argv()).containsExactly("a", "b");
        assertThat(found.get(1).env()).isEqualTo(Map.of("X", "y"));
        assertThat(found.get(1).tag()).isEqualTo("mine");
    }

    private static @Nullable ProcessEvent event(String event) throws IOException {
        return ProcessMessages.event(read(event, ProcessProto.ProcessEvent.getDefaultInstance()));
    }

    private static <M extends Message> M read(String json, M prototype) {
        return Codec.JSON.read(json.getBytes(UTF_8), prototype);
    }

    private static String text(Message message) {
        return new String(Codec.JSON.write(message), UTF_8);
    }
}
