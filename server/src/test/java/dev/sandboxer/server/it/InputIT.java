package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.server.it.harness.Answer;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Input of processes. */
class InputIT {
    @RegisterExtension
    static final LiveServer server = new LiveServer();

    private static Answer send(int pid, String channel) throws IOException {
        var bytes = Base64.getEncoder().encodeToString("typed\n".getBytes(UTF_8));
        return server.sandbox()
                .unary(
                        "process.Process/SendInput",
                        "{\"process\":{\"pid\":" + pid + "},\"input\":{\"" + channel + "\":\"" + bytes + "\"}}");
    }

    @Test
    void a_pipe_refuses_input_for_a_terminal() throws IOException {
        try (var cat = server.sandbox().stream(
                "process.Process/Start", "{\"process\":{\"cmd\":\"/bin/cat\"},\"stdin\":true}")) {
            var pid = cat.pid();

            assertThat(send(pid, "pty").body()).contains("internal", "has no terminal");
            assertThat(send(pid, "stdin").status()).isEqualTo(200);
            assertThat(cat.stdout()).isEqualTo("typed\n");
        }
    }

    @Test
    void a_terminal_refuses_input_for_a_pipe() throws IOException {
        var size = "{\"size\":{\"cols\":80,\"rows\":24}}";
        try (var cat = server.sandbox().stream(
                "process.Process/Start", "{\"process\":{\"cmd\":\"/bin/cat\"},\"pty\":" + size + "}")) {
            var pid = cat.pid();

            assertThat(send(pid, "stdin").body()).contains("internal", "has a terminal");
            assertThat(send(pid, "pty").status()).isEqualTo(200);
            assertThat(send(pid + 10_000, "pty").status()).isEqualTo(404);
        }
    }
}
