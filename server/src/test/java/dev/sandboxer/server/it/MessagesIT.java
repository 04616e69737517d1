package dev.sandboxer.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid messages in forms that official clients don't send. */
class MessagesIT {
    @RegisterExtension
    static final LiveServer server = new LiveServer();

    @ParameterizedTest
    @ValueSource(strings = {"\"args\":[null]", "\"envs\":{\"A\":null}"})
    void null_in_arguments_or_variables_fails_the_stream(String field) throws IOException {
        try (var stream = server.sandbox().stream(
                "process.Process/Start", "{\"process\":{\"cmd\":\"/bin/true\"," + field + "}}")) {
            assertThat(stream.last().error()).isEqualTo("invalid_argument");
        }
    }

    @Test
    void an_empty_update_needs_an_existing_process() throws IOException {
        try (var stream = server.sandbox().start("exec sleep 1000")) {
            var known = "{\"process\":{\"pid\":" + stream.pid() + "}}";
            assertThat(server.sandbox().unary("process.Process/Update", known).status())
                    .isEqualTo(200);
            var unknown = server.sandbox().unary("process.Process/Update", "{\"process\":{\"tag\":\"nobody\"}}");
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.body()).contains("\"not_found\"", "process with tag nobody not found");
        }
    }

    @Test
    void a_signal_can_be_sent_by_its_number() throws IOException {
        try (var stream = server.sandbox().start("exec sleep 1000")) {
            var signal = "{\"process\":{\"pid\":" + stream.pid() + "},\"signal\":9}";
            assertThat(server.sandbox()
                            .unary("process.Process/SendSignal", signal)
                            .status())
                    .isEqualTo(200);
            assertThat(stream.next().json().toString()).contains("signal: killed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"2\"", "4294967295"})
    void a_depth_can_be_a_string_or_as_large_as_its_type(String depth) throws IOException {
        server.sandbox().run("mkdir -p /tmp/deep/er");
        var listed =
                server.sandbox().unary("filesystem.Filesystem/ListDir", "{\"path\":\"/tmp\",\"depth\":" + depth + "}");
        assertThat(listed.status()).as(listed.toString()).isEqualTo(200);
        assertThat(listed.body()).contains("/tmp/deep/er");
    }
}
