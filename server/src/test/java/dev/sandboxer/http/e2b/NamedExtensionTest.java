package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.MemoryDirectory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of E2B's may say by a header which extension they want. */
class NamedExtensionTest {
    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private PassedSandbox server;
    private String key;

    @BeforeEach
    void open() throws Exception {
        server = new PassedSandbox(home, peer -> {});
        key = server.key();
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    @Test
    void the_extension_that_a_request_prefers_or_insists_on_takes_it() throws Exception {
        var extension = server.sandbox().extension().value();
        assertThat(create("X-Sandboxer-Prefer: " + extension)).startsWith("HTTP/1.1 201 ");
        assertThat(create("X-Sandboxer-Only: " + extension)).startsWith("HTTP/1.1 201 ");
    }

    @Test
    void one_that_the_profile_does_not_route_to_is_refused_with_those_that_it_does() throws Exception {
        assertThat(create("X-Sandboxer-Only: ext.elsewhere"))
                .startsWith("HTTP/1.1 404 ")
                .contains(
                        "ext.elsewhere is not in the route of profile.test",
                        server.sandbox().extension().value());
        assertThat(server.cloud().running()).hasSize(1);
    }

    @Test
    void what_is_no_extension_is_a_bad_request() throws Exception {
        assertThat(create("X-Sandboxer-Prefer: the cheap one")).startsWith("HTTP/1.1 400 ");
    }

    private String create(String header) throws Exception {
        var body = "{\"templateID\":\"base\"}";
        return server.ask("POST /v2/sandboxes HTTP/1.1\r\nHost: h\r\nX-API-Key: " + key + "\r\n" + header
                + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
    }
}
