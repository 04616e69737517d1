package dev.sandboxer.http.e2b.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.http.LiveExchange;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.TestInstallation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetsTest {
    private static final Target CONTROL = new Target.Control();
    private static final SandboxId ABC = new SandboxId("abc");

    @TempDir
    private static Path home;

    private static LiveExchange live;
    private static ControlPlane process;
    private static Targets targets;
    private static final Tokens TOKENS = new Tokens("a key of the test".getBytes(StandardCharsets.UTF_8));
    private static SandboxId first;
    private static SandboxId second;

    @BeforeAll
    static void open() {
        var installation = new TestInstallation(home);
        live = new LiveExchange();
        process = installation.start();
        first = process.sandboxes().create(installation.request()).id();
        second = process.sandboxes().create(installation.request()).id();
        targets = new Targets(process.sandboxes(), TOKENS);
    }

    @AfterAll
    static void close() {
        live.close();
        process.close();
    }

    @Test
    void the_headers_say_which_sandbox_and_which_port() {
        assertThat(of("/", "E2b-Sandbox-Id: abc")).isEqualTo(new Target.Envd(ABC));
        assertThat(of("/", "E2b-Sandbox-Id: abc", "E2b-Sandbox-Port: 49983")).isEqualTo(new Target.Envd(ABC));
        assertThat(of("/", "e2b-sandbox-id: abc", "e2b-sandbox-port: 8080")).isEqualTo(new Target.Port(ABC, 8080));
        assertThat(of("/", "E2b-Sandbox-Port: 8080"))
                .as("a port without a sandbox")
                .isEqualTo(CONTROL);
    }

    @Test
    void a_client_id_after_a_dash_is_ignored_and_a_second_dash_is_refused() {
        assertThat(of("/", "E2b-Sandbox-Id: abc-sandboxer")).isEqualTo(new Target.Envd(ABC));
        assertThat(of("/", "E2b-Sandbox-Id: abc-")).isEqualTo(new Target.Envd(ABC));
        assertFails("/", "E2b-Sandbox-Id: a-b-c").hasMessage("Invalid sandbox ID");
    }

    @Test
    void invalid_ids_and_ports_are_refused() {
        for (String id : List.of(
                "", "ABC", "a_b", "a.b", "a/b", "../a", "a b", "a%62", "a;b", "ä", "-", "-a", "a,b", "a".repeat(41))) {
            assertFails("/", "E2b-Sandbox-Id: " + id).as(id).hasMessage("Invalid sandbox ID");
        }
        for (String port :
                List.of("", "0", "-1", "65536", "99999", "100000", "8080 1", "http", "0x50", "+80", "80.0")) {
            assertFails("/", "E2b-Sandbox-Id: abc", "E2b-Sandbox-Port: " + port)
                    .as(port)
                    .hasMessage("Invalid sandbox port");
        }
    }

    @Test
    void without_headers_the_host_name_decides() {
        assertThat(of("/", "Host: 8080-abc.example.com")).isEqualTo(new Target.Port(ABC, 8080));
        assertThat(of("/", "Host: 49983-ABC.localhost:7070")).isEqualTo(new Target.Envd(ABC));
        assertThat(of("/", "Host: 8080-abc.example.com", "E2b-Sandbox-Id: xyz"))
                .as("headers take precedence")
                .isEqualTo(new Target.Envd(new SandboxId("xyz")));
        assertThat(of("http://8080-abc.example.com/x", "Host: 8080-abc.example.com"))
                .isEqualTo(new Target.Port(ABC, 8080));
        assertFails("/", "Host: 0-abc.example.com").hasMessage("Invalid sandbox port");
        assertFails("/", "Host: 65536-abc.example.com").hasMessage("Invalid sandbox port");
    }

    @Test
    void other_host_names_mean_the_control_plane() {
        for (String host : List.of(
                "127.0.0.1:7070",
                "localhost",
                "[::1]:80",
                "api.example.com",
                "abc.example.com",
                "8080-abc",
                "x8080-abc.example.com",
                "8080.abc.example.com",
                "8080--abc.example.com",
                "-8080-abc.example.com",
                "123456-abc.example.com",
                "8080-a_b.example.com",
                "8080-abc-def.example.com")) {
            assertThat(of("/", "Host: " + host)).as(host).isEqualTo(CONTROL);
        }
    }

    @Test
    void a_signed_file_goes_to_the_sandbox_whose_token_signed_it() {
        for (SandboxId id : List.of(first, second)) {
            assertThat(of("/files?path=a&signature=" + signature("a:read:", id)))
                    .isEqualTo(new Target.Envd(id));
        }
        assertThat(of("/files?path=a")).as("without a signature").isEqualTo(CONTROL);
        assertThat(of("/other?path=a&signature=" + signature("a:read:", first)))
                .as("a path other than /files")
                .isEqualTo(CONTROL);
        assertFails("/files?path=b&signature=" + signature("a:read:", first)).hasMessage("invalid signature");
        assertFails("/files?path=a&signature=" + signature("a:read:", new SandboxId("nobody")))
                .hasMessage("invalid signature");
        assertFails("/files?path=a&signature=").hasMessage("invalid signature");
    }

    private static String signature(String what, SandboxId by) {
        try {
            var text = what + ":" + TOKENS.access(by);
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "v1_"
                    + Base64.getEncoder()
                            .encodeToString(hash)
                            .replace("+", "%2B")
                            .replace("=", "");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static Target of(String target, String... headers) {
        return live.get(target, targets::of, headers);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertFails(String target, String... headers) {
        return assertThatThrownBy(() -> of(target, headers))
                .isInstanceOfSatisfying(
                        E2bException.class, e -> assertThat(e.status()).isBetween(400, 401));
    }
}
