package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.MemoryDirectory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients name the extension that they want in a header. */
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
    void the_preferred_or_only_extension_is_used() throws Exception {
        var extension = server.sandbox().extension().value();
        assertThat(create("X-Sandboxer-Prefer: " + extension)).startsWith("HTTP/1.1 201 ");
        assertThat(create("X-Sandboxer-Only: " + extension)).startsWith("HTTP/1.1 201 ");
    }

    @Test
    void an_extension_outside_the_route_is_refused_with_the_route() throws Exception {
        assertThat(create("X-Sandboxer-Only: ext.elsewhere"))
                .startsWith("HTTP/1.1 404 ")
                .contains(
                        "ext.elsewhere is not in the route of profile.test",
                        server.sandbox().extension().value());
        assertThat(server.cloud().running()).hasSize(1);
    }

    @Test
    void an_invalid_extension_id_is_a_bad_request() throws Exception {
        assertThat(create("X-Sandboxer-Prefer: the cheap one")).startsWith("HTTP/1.1 400 ");
    }

    private String create(String header) throws Exception {
        return server.ask("POST", "/v2/sandboxes", "X-API-Key: " + key + "\r\n" + header, "{\"templateID\":\"base\"}");
    }
}
