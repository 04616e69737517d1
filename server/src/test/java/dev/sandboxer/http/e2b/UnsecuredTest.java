package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.config.UnsecuredSandboxes;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.e2b.control.UnsecuredPolicy;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes without a token, which old clients need because they don't know {@code secure}. */
class UnsecuredTest {
    private static final String OLD_CLIENT = "{\"templateID\":\"base\",\"timeout\":300}";
    private static final Pattern ID = Pattern.compile("\"sandboxID\":\"([a-z0-9]+)\"");

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

    private String create(String path, String body, String... headers) throws Exception {
        return server.ask("POST " + path + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + server.key() + "\r\n"
                + String.join("", headers) + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n"
                + body);
    }

    private String variables(String created, String... headers) throws Exception {
        var id = ID.matcher(created);
        assertThat(id.find()).as(created).isTrue();
        return server.ask("GET /envs HTTP/1.1\r\nHost: h\r\nE2b-Sandbox-Id: " + id.group(1) + "\r\n"
                + String.join("", headers) + "Connection: close\r\n\r\n");
    }

    private static void assertRefused(String answer, String... words) {
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .contains("no sandboxes without a token")
                .contains(words);
    }

    @Test
    void without_secure_a_sandbox_has_no_token_and_needs_none() throws Exception {
        var created = create("/sandboxes", OLD_CLIENT);
        assertThat(created).startsWith("HTTP/1.1 201 ").doesNotContain("envdAccessToken");

        assertThat(variables(created)).startsWith("HTTP/1.1 200 ");
        assertThat(variables(created, "X-Access-Token: whatever\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void a_secured_sandbox_has_a_token_and_needs_it() throws Exception {
        var bodies = new String[] {"{\"templateID\":\"base\",\"secure\":true}", "{\"templateID\":\"base\"}"};
        for (String created : new String[] {create("/sandboxes", bodies[0]), create("/v2/sandboxes", bodies[1])}) {
            assertThat(created).startsWith("HTTP/1.1 201 ").contains("\"envdAccessToken\":\"");
            assertThat(variables(created)).startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void a_forked_or_resumed_sandbox_stays_unsecured() throws Exception {
        var created = create("/sandboxes", OLD_CLIENT);
        var id = ID.matcher(created);
        assertThat(id.find()).isTrue();
        var forked = create("/sandboxes/" + id.group(1) + "/fork", "{}");
        assertThat(forked).startsWith("HTTP/1.1 201 ").doesNotContain("envdAccessToken");
        assertThat(variables(forked)).startsWith("HTTP/1.1 200 ");
        assertThat(create("/sandboxes/" + id.group(1) + "/pause", "{}")).startsWith("HTTP/1.1 204 ");
        assertThat(create("/sandboxes/" + id.group(1) + "/connect", "{\"timeout\":60}"))
                .startsWith("HTTP/1.1 201 ")
                .doesNotContain("envdAccessToken");
    }

    @Test
    void through_a_proxy_no_unsecured_sandbox_is_created() throws Exception {
        for (String mark : new String[] {"Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.1", "Via: 1.1 proxy"}) {
            assertRefused(
                    create("/sandboxes", OLD_CLIENT, mark + "\r\n"), "unsecuredSandboxes: always", "secure: true");
        }
    }

    @Test
    void the_operator_decides() throws Exception {
        server.unsecured(UnsecuredSandboxes.NEVER);
        assertRefused(create("/sandboxes", OLD_CLIENT), "(unsecuredSandboxes in config.yaml)");
        assertThat(create("/v2/sandboxes", "{\"templateID\":\"base\"}")).startsWith("HTTP/1.1 201 ");

        server.unsecured(UnsecuredSandboxes.ALWAYS);
        assertThat(create("/sandboxes", OLD_CLIENT, "X-Forwarded-For: 192.0.2.1\r\n"))
                .startsWith("HTTP/1.1 201 ");
    }

    @Test
    void private_ports_need_a_secured_sandbox() throws Exception {
        assertThat(create("/sandboxes", "{\"templateID\":\"base\",\"network\":{\"allowPublicTraffic\":false}}"))
                .startsWith("HTTP/1.1 400 ")
                .contains("needs secure: true");
    }

    @Test
    void only_this_host_reaches_loopback() {
        for (String host : new String[] {"127.0.0.1", "127.9.9.9", "[::1]", "localhost"}) {
            assertThat(UnsecuredPolicy.isLoopback(new Listen(host, 0))).as(host).isTrue();
        }
        for (String host : new String[] {"0.0.0.0", "[::]", "192.0.2.1", "no-such-host.invalid"}) {
            assertThat(UnsecuredPolicy.isLoopback(new Listen(host, 0))).as(host).isFalse();
        }
    }
}
