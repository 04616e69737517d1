package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.protocol.e2b.Codec;
import dev.sandboxer.protocol.e2b.FilesystemProto.StatRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.ConnectRequest;
import dev.sandboxer.protocol.e2b.ProcessProto.ConnectResponse;
import dev.sandboxer.protocol.e2b.ProcessProto.ProcessSelector;
import dev.sandboxer.server.it.harness.BinaryCalls;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The content type chooses between JSON and binary Protobuf; errors are JSON in both. */
class CodecChoiceIT {
    private static final String PROCESS = "process.Process/";
    private static final String FILES = "filesystem.Filesystem/";

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    private static BinaryCalls calls() {
        return new BinaryCalls(server.sandbox());
    }

    @Test
    void an_error_is_the_same_json_in_both() throws IOException {
        var nowhere = StatRequest.newBuilder().setPath("/not/there").build();
        var binary = calls().ask(FILES + "Stat", Codec.BINARY, nowhere);
        var json = calls().ask(FILES + "Stat", Codec.JSON, nowhere);
        assertThat(binary.status()).isEqualTo(404).isEqualTo(json.status());
        assertThat(binary.header("Content-Type")).isEqualTo("application/json");
        assertThat(binary.body()).isEqualTo(json.body()).contains("\"code\":\"not_found\"");
        var request = ConnectRequest.newBuilder()
                .setProcess(ProcessSelector.newBuilder().setPid(-1))
                .build();
        try (var stream = calls().stream(PROCESS + "Connect", ConnectResponse.getDefaultInstance(), request)) {
            assertThat(stream.end())
                    .hasValue(new ConnectError(ConnectCode.NOT_FOUND, "process with pid 4294967295 not found"));
        }
    }

    @Test
    void malformed_protobuf_is_an_invalid_argument() throws IOException {
        var answer = calls().ask(FILES + "Stat", "application/proto", "{\"path\":\"/\"}".getBytes(UTF_8));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":\"invalid_argument\"");
    }

    @Test
    void an_empty_body_is_an_empty_message() throws IOException {
        for (Codec codec : Codec.values()) {
            assertThat(calls().ask(PROCESS + "List", codec.unaryType(), new byte[0])
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/connect+proto", "text/plain", "application/x-protobuf"})
    void other_types_are_refused(String type) throws IOException {
        var answer = calls().ask(PROCESS + "List", type, new byte[0]);
        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.body()).contains("application/json or application/proto");
        var stream = calls().ask(PROCESS + "Start", type.replace("connect+", ""), new byte[0]);
        assertThat(stream.status()).isEqualTo(415);
        assertThat(stream.body()).contains("application/connect+json or application/connect+proto");
    }
}
