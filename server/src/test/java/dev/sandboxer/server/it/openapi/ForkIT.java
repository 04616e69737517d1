package dev.sandboxer.server.it.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ForkIT {
    @RegisterExtension
    static final LiveServer server = new LiveServer();

    private static Api api;
    private static String key;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        api = new Api(server.url());
        key = server.key();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void a_fork_and_its_fork_have_the_variables_of_the_original() throws IOException {
        var source = api.call("POST /v2/sandboxes", key)
                .json("{\"templateID\":\"base\",\"envVars\":{\"COLOUR\":\"dark blue\"}}")
                .expect(201)
                .json()
                .path("sandboxID")
                .asString();
        var fork = fork(source);
        assertThat(server.in(fork, ForkIT::colour)).isEqualTo("dark blue\n");
        api.call("POST /sandboxes/{sandboxID}/pause", key).at(fork).expect(204);
        assertThat(server.in(fork(fork), ForkIT::colour)).isEqualTo("dark blue\n");
    }

    private static String fork(String id) {
        var made = api.call("POST /sandboxes/{sandboxID}/fork", key)
                .at(id)
                .json("{\"timeout\":600}")
                .expect(201)
                .json();
        return made.at("/0/sandbox/sandboxID").asString();
    }

    private static String colour(Session session) {
        var output = new ByteArrayOutputStream();
        try (var process = session.processes().start(ProcessSpec.of("printenv", "COLOUR"))) {
            while (true) {
                switch (process.next(Duration.ofMinutes(1))) {
                    case ProcessEvent.Output(var _, var bytes) -> output.writeBytes(bytes);
                    case ProcessEvent.Exited _ -> {
                        return output.toString(StandardCharsets.UTF_8);
                    }
                    case null -> throw new AssertionError("it does not end");
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
