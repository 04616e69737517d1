package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators see and limit all consumers over HTTP with the operator's key. */
class ConsumerAdminTest {
    private static final String OPERATOR = "Authorization: Bearer " + ServedSandbox.OPERATOR;
    private static final String CONSUMER = "/api/v1/consumers/" + TestInstallation.ME;

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private PassedSandbox server;

    @BeforeEach
    void open() throws Exception {
        server = new PassedSandbox(home, peer -> {});
        var _ = server.key(); // a consumer exists from its first key on
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    @Test
    void limits_set_by_an_operator_apply_to_the_next_creation() throws Exception {
        assertThat(ask("PUT", CONSUMER + "/limits", OPERATOR, "{\"maxLive\":1,\"maxRate\":\"5/s\"}"))
                .startsWith("HTTP/1.1 200 ")
                .contains("\"maxLive\":1", "\"maxRate\":\"5/s\"", "\"live\":1");
        assertThat(ask("POST", "/v2/sandboxes", "X-API-Key: " + server.key(), "{\"templateID\":\"base\"}"))
                .startsWith("HTTP/1.1 429 ");

        assertThat(ask("PUT", CONSUMER + "/limits", OPERATOR, "{}"))
                .as("an absent limit is removed")
                .doesNotContain("maxLive");
        assertThat(ask("POST", "/v2/sandboxes", "X-API-Key: " + server.key(), "{\"templateID\":\"base\"}"))
                .startsWith("HTTP/1.1 201 ");
        assertThat(ask("GET", "/api/v1/consumers", OPERATOR, "")).contains("\"id\":\"" + TestInstallation.ME + "\"");
    }

    @Test
    void a_consumers_key_or_a_wrong_key_is_refused() throws Exception {
        for (String header : new String[] {
            "X-API-Key: " + server.key(),
            "Authorization: Bearer " + server.key(),
            OPERATOR + "x",
            "Authorization: Bearer",
            "Authorization: Basic " + ServedSandbox.OPERATOR
        }) {
            assertThat(ask("GET", "/api/v1/consumers", header, "")).as(header).startsWith("HTTP/1.1 401 ");
            assertThat(ask("PUT", CONSUMER + "/limits", header, "{\"maxLive\":0}"))
                    .startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void bad_limits_are_400_and_unknown_consumers_404() throws Exception {
        assertThat(ask("PUT", CONSUMER + "/limits", OPERATOR, "{\"maxLive\":-1}"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(ask("PUT", CONSUMER + "/limits", OPERATOR, "{\"maxRate\":\"often\"}"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(ask("PUT", CONSUMER + "/limits", OPERATOR, "{\"maxSheep\":1}"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(ask("GET", "/api/v1/consumers/nobody", OPERATOR, "")).startsWith("HTTP/1.1 404 ");
    }

    private String ask(String method, String path, String header, String body) throws Exception {
        return server.ask(method, path, header, body);
    }
}
