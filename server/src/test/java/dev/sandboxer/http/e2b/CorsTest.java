package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that web pages of other origins send. */
class CorsTest {
    private static final String PAGE = "Origin: https://page.test\r\n";
    private static final String ANY = "\r\nAccess-Control-Allow-Origin: *\r\n";

    @TempDir
    private Path home;

    private ServedSandbox server;

    @BeforeEach
    void open() {
        var installation = new TestInstallation(home);
        server = new ServedSandbox(installation, installation.extensions().getFirst(), true);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private String ask(String method, String path, String headers) throws Exception {
        return server.ask(method + " " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "Connection: close\r\n\r\n");
    }

    private String preflight(String path, String method, String headers) throws Exception {
        return ask(
                "OPTIONS",
                path,
                PAGE + "Access-Control-Request-Method: " + method + "\r\nAccess-Control-Request-Headers: " + headers
                        + "\r\n");
    }

    @Test
    void a_preflight_for_a_sandbox_needs_no_key() throws Exception {
        var wanted = "connect-protocol-version,content-type,e2b-sandbox-id,e2b-sandbox-port,x-access-token";
        for (String path : new String[] {
            "/process.Process/Start",
            "/filesystem.Filesystem/ListDir",
            "/files?path=x&username=user",
            "/files?path=x&signature=v1_x&signature_expiration=1",
            "/health",
            "/execute"
        }) {
            assertThat(preflight(path, "POST", wanted))
                    .as(path)
                    .startsWith("HTTP/1.1 204 ")
                    .contains(
                            ANY,
                            "\r\nAccess-Control-Allow-Methods: POST\r\n",
                            "\r\nAccess-Control-Allow-Headers: " + wanted + "\r\n",
                            "\r\nAccess-Control-Max-Age: 7200\r\n");
        }
    }

    @Test
    void a_page_may_read_a_sandboxs_answers_and_failures() throws Exception {
        var open = PAGE + server.opening();
        assertThat(ask("GET", "/envs", open))
                .startsWith("HTTP/1.1 200 ")
                .contains(ANY, "Access-Control-Expose-Headers");
        assertThat(ask("GET", "/health", open)).startsWith("HTTP/1.1 204 ").contains(ANY);
        assertThat(ask(
                        "GET",
                        "/envs",
                        PAGE + "E2b-Sandbox-Id: " + server.sandbox().id() + "\r\n"))
                .startsWith("HTTP/1.1 401 ")
                .contains(ANY);
        assertThat(ask("GET", "/envs", PAGE + "E2b-Sandbox-Id: inobodysandbox000000\r\n"))
                .startsWith("HTTP/1.1 502 ")
                .contains(ANY);
        assertThat(ask("GET", "/files?path=x&signature=v1_x", PAGE))
                .startsWith("HTTP/1.1 401 ")
                .contains(ANY);
        assertThat(ask("GET", "/envs", server.opening())).as("no origin").doesNotContain("Access-Control");
    }

    @Test
    void the_control_plane_may_be_called_as_at_E2B() throws Exception {
        assertThat(preflight("/v2/sandboxes", "POST", "x-api-key,content-type"))
                .startsWith("HTTP/1.1 204 ")
                .contains(ANY, "X-API-Key", "\r\nAccess-Control-Max-Age: 43200\r\n");
        assertThat(ask("GET", "/v2/sandboxes", PAGE + "X-API-Key: " + server.key() + "\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains(ANY, "X-Next-Token");
        assertThat(ask("GET", "/v2/sandboxes", PAGE))
                .startsWith("HTTP/1.1 401 ")
                .contains(ANY);
    }

    @Test
    void sandboxers_own_api_is_closed_to_other_origins() throws Exception {
        for (String path : new String[] {"/api/v1/profiles", "/api/v1/consumers"}) {
            assertThat(preflight(path, "GET", "x-api-key")).as(path).doesNotContain("Access-Control-Allow");
            assertThat(ask("GET", path, PAGE + "X-API-Key: " + server.key() + "\r\n"))
                    .as(path)
                    .doesNotContain("Access-Control-Allow");
        }
    }

    @Test
    void a_port_answers_preflights_itself() throws Exception {
        var host = "3000-" + server.sandbox().id() + ".sandboxes.test";
        var answer = server.ask("OPTIONS / HTTP/1.1\r\nHost: " + host + "\r\n" + PAGE
                + "Access-Control-Request-Method: GET\r\nConnection: close\r\n\r\n");
        assertThat(answer).doesNotContain("Access-Control-Allow");
    }
}
