package dev.sandboxer.http.e2b;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.http.ports.InsideServer;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.Fault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to a sandbox whose backend speaks E2B's protocol: which are passed on, and which are not. */
class PassageTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String GONE_AT_BACKEND =
            "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 29\r\n\r\n{\"sandboxId\":\"theirs\",\"x\":1.0}";

    @TempDir
    private Path home;

    /** Returns a script that gives each request the same answer and records the heads. */
    private static InsideServer.Script answering(Queue<String> heads, String answer) {
        return peer -> {
            while (true) {
                heads.add(peer.head());
                peer.send(answer);
            }
        };
    }

    private static String signature(String path, String operation, String token, String expiration) {
        try {
            var text = path + ":" + operation + "::" + token + expiration;
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return URLEncoder.encode(
                    "v1_" + Base64.getEncoder().withoutPadding().encodeToString(hash), UTF_8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_call_is_passed_on_unchanged_except_for_the_tokens() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            var answer = passed.ask("POST /process.Process/List?a=%2f&b=%C3%A9&c=[1|2] HTTP/1.1\r\nHost: ours.test\r\n"
                    + "x-odd-CASE: \u00e9 value, with;  parts\r\n" + passed.opening()
                    + "X-API-Key: " + passed.key()
                    + "\r\nE2b-Traffic-Access-Token: ours\r\nAuthorization: Basic dXNlcjo=\r\n"
                    + "X-Twice: 1\r\nX-Twice: 2\r\nCookie: a=b\r\nConnection: close, x-mine\r\nX-Mine: hop\r\n"
                    + "X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\nTE: trailers\r\n\r\n");

            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhi[end]");
            assertThat(answer).doesNotContain(PassedSandbox.BACKENDS_TOKEN);
            var head = heads.remove();
            assertThat(head).startsWith("POST /cloud/process.Process/List?a=%2f&b=%C3%A9&c=[1|2] HTTP/1.1\r\n");
            assertThat(head.lines().skip(1).filter(line -> !line.isEmpty()))
                    .containsExactlyInAnyOrder(
                            "Host: 127.0.0.1:" + passed.backend().address().getPort(),
                            "x-odd-CASE: \u00e9 value, with;  parts",
                            "Authorization: Basic dXNlcjo=",
                            "X-Twice: 1",
                            "X-Twice: 2",
                            "Cookie: a=b",
                            "X-Forwarded-For: 192.0.2.1",
                            "Forwarded: for=192.0.2.1",
                            "Content-Length: 0",
                            "E2b-Sandbox-Id: theirs",
                            "X-Access-Token: " + PassedSandbox.BACKENDS_TOKEN);
        }
    }

    @Test
    void foreign_keys_are_passed_to_the_server_inside_and_ours_are_withheld() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            var foreign = "e2b_" + "0".repeat(40);
            passed.ask(
                    "GET / HTTP/1.1\r\nHost: h\r\n" + passed.port(8080) + "X-API-Key: theirs\r\nx-api-key: " + foreign
                            + "\r\nX-API-KEY:  " + passed.key() + " \r\nX-Access-Token: " + passed.trafficToken()
                            + "\r\nx-access-token: " + passed.token() + "\r\nE2B-traffic-access-token: x\r\n"
                            + "Connection: close\r\n\r\n");

            assertThat(heads.remove().lines().filter(line -> line.matches("(?i)(x-a|e2b-t).*")))
                    .containsExactlyInAnyOrder(
                            "X-API-Key: theirs", "x-api-key: " + foreign, "X-Access-Token: " + passed.trafficToken());
        }
    }

    @Test
    void a_signed_request_is_passed_with_the_backends_token_instead_of_the_signature() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            var signature = signature("/a b", "read", passed.token(), ":4000000000");
            var answer = passed.ask(
                    "GET /files?signature=" + signature
                            + "&path=%2Fa%20b&signature_expiration=4000000000 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 200 ");
            assertThat(heads.remove())
                    .startsWith("GET /cloud/files?path=%2Fa+b HTTP/1.1\r\n")
                    .contains("X-Access-Token: " + PassedSandbox.BACKENDS_TOKEN + "\r\n")
                    .doesNotContain("ignature")
                    .doesNotContain("v1_");
        }
    }

    @Test
    void only_the_signed_path_is_requested_even_if_the_query_repeats_it() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            // some servers drop a parameter with a semicolon and would use the second path
            var signature = signature("/tmp/a;b", "read", passed.token(), "");
            passed.ask("GET /files?path=/tmp/a;b&path=/etc/shadow&signature=" + signature
                    + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(heads.remove()).startsWith("GET /cloud/files?path=%2Ftmp%2Fa%3Bb HTTP/1.1\r\n");
        }
    }

    @Test
    void with_a_token_a_signature_is_removed_and_the_rest_of_the_query_stays() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            passed.ask("GET /files?%73ignature=v1_x&path=%2fa&&x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                    + passed.opening() + "\r\n");
            assertThat(heads.remove()).startsWith("GET /cloud/files?path=%2fa&&x HTTP/1.1\r\n");
        }
    }

    @Test
    void without_our_token_nothing_is_reached() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            for (var token : new String[] {"", PassedSandbox.BACKENDS_TOKEN, passed.trafficToken()}) {
                for (var path : new String[] {"/process.Process/List", "/files?path=a", "/envs", "/metrics"}) {
                    var answer = passed.ask("POST " + path + " HTTP/1.1\r\nHost: h\r\nX-Access-Token: " + token
                            + "\r\nConnection: close\r\n" + passed.port(49_983) + "\r\n");
                    assertThat(answer).as(path).startsWith("HTTP/1.1 401 ");
                }
            }
            assertThat(heads).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/init",
                "/freeze",
                "/process.Process/../init",
                "/process.Process/%2e%2e/init",
                "/process.Process/x/../../init",
                "/files/../init",
                "/files/",
                "//init",
                "/"
            })
    void internal_routes_of_the_backend_are_not_passed_on(String path) throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            var answer = passed.ask("POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 2\r\nConnection: close\r\n" + passed.opening() + "\r\n{}");
            assertThat(answer).containsPattern("^HTTP/1.1 (404|400|501) ");
            assertThat(heads).isEmpty();
        }
    }

    @Test
    void without_a_daemon_at_the_backend_its_port_is_served_here_and_others_are_passed_on() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            passed.cloud().serve(Set.of("another"));
            var rest = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
            assertThat(passed.ask("GET /health" + rest + passed.opening() + "\r\n"))
                    .startsWith("HTTP/1.1 204 ");
            assertThat(passed.ask("GET /envs" + rest + passed.opening() + "\r\n"))
                    .contains("\"OURS\":\"1\"");
            assertThat(heads).isEmpty();
            passed.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + passed.port(8080) + "\r\n");
            assertThat(heads).hasSize(1);
        }
    }

    @Test
    void health_of_a_running_sandbox_is_passed_on_and_does_not_wake_a_paused_one() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, "HTTP/1.1 204 No Content\r\nX-Theirs: 1\r\n\r\n"))) {
            var request = "GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + passed.port(49_983) + "\r\n";
            assertThat(passed.ask(request)).startsWith("HTTP/1.1 204 ").contains("X-Theirs: 1");
            assertThat(heads).hasSize(1);
            passed.sandboxes().pause(passed.sandbox());
            assertThat(passed.ask(request)).startsWith("HTTP/1.1 204 ").doesNotContain("X-Theirs");
            assertThat(heads).hasSize(1);
            assertThat(passed.sandbox().state()).isEqualTo(SandboxState.PAUSED);
        }
    }

    @Test
    void a_paused_sandbox_is_resumed_before_a_call_is_passed_on() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            passed.sandboxes().pause(passed.sandbox());
            assertThat(list(passed)).startsWith("HTTP/1.1 200 ");
            assertThat(passed.sandbox().state()).isEqualTo(SandboxState.RUNNING);
        }
    }

    private static String list(PassedSandbox passed) throws IOException {
        return passed.ask("POST /process.Process/List HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                + "Content-Length: 2\r\nConnection: close\r\n" + passed.opening() + "\r\n{}");
    }

    @Test
    void a_port_gets_its_path_and_query_unchanged() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK))) {
            passed.ask("GET /a/../b?signature=theirs HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + passed.port(8080)
                    + "\r\n");
            assertThat(heads.remove())
                    .startsWith("GET /cloud/a/../b?signature=theirs HTTP/1.1\r\n")
                    .contains("E2b-Sandbox-Port: 8080\r\n")
                    .doesNotContain(PassedSandbox.BACKENDS_TOKEN);
        }
    }

    @Test
    void a_private_port_needs_our_traffic_token_which_is_not_passed_on() throws Exception {
        var heads = new ConcurrentLinkedQueue<String>();
        try (var passed = new PassedSandbox(home, answering(heads, OK), false)) {
            var request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + passed.port(8080);
            assertThat(passed.ask(request + "\r\n")).startsWith("HTTP/1.1 403 ");
            assertThat(heads).isEmpty();
            assertThat(passed.ask(request + "e2b-traffic-access-token: " + passed.trafficToken() + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(heads.remove()).doesNotContain(passed.trafficToken());
        }
    }

    @Test
    void a_websocket_becomes_a_tunnel() throws Exception {
        try (var passed = new PassedSandbox(home, peer -> {
                    assertThat(peer.head()).contains("Upgrade: raw\r\n").contains("Connection: Upgrade\r\n");
                    peer.send("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\nfirst");
                    assertThat(peer.read(4)).isEqualTo("ping");
                    peer.send("pong");
                    assertThat(peer.rest()).isEmpty();
                });
                var client = passed.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: raw\r\n" + passed.port(8080)
                    + "\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
            assertThat(client.read(5)).isEqualTo("first");
            assertThat(client.send("ping").read(4)).isEqualTo("pong");
            client.shutdownOutput();
            assertThat(client.rest()).isEmpty();
            passed.check();
        }
    }

    @Test
    void a_backend_that_cannot_be_reached_is_a_bad_gateway_in_e2bs_form() throws Exception {
        try (var passed = new PassedSandbox(home, peer -> {})) {
            passed.reach(closedAddress());
            assertThat(list(passed))
                    .startsWith("HTTP/1.1 502 ")
                    .contains("{\"code\":502,\"message\":\"The sandbox's backend gave no answer: ")
                    .doesNotContain(PassedSandbox.BACKENDS_TOKEN);
            assertThat(passed.sandbox().state()).isEqualTo(SandboxState.RUNNING);
        }
    }

    /** Returns an address on which nothing listens any more. */
    private static InetSocketAddress closedAddress() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return new InetSocketAddress("127.0.0.1", socket.getLocalPort());
        }
    }

    @Test
    void a_backend_that_hangs_up_without_an_answer_is_a_bad_gateway() throws Exception {
        try (var passed = new PassedSandbox(home, peer -> peer.head())) {
            assertThat(list(passed)).startsWith("HTTP/1.1 502 ").contains("{\"code\":502,");
        }
    }

    @Test
    void a_failing_control_plane_of_the_backend_does_not_hide_its_first_answer() throws Exception {
        try (var passed = new PassedSandbox(home, answering(new ConcurrentLinkedQueue<>(), GONE_AT_BACKEND))) {
            passed.cloud().plan(Fault.Call.LOOK_UP_TARGET, Fault.refused(Kind.TRANSIENT));
            assertThat(list(passed)).startsWith("HTTP/1.1 502 ").contains("theirs");
            assertThat(passed.sandbox().state()).isEqualTo(SandboxState.RUNNING);
        }
    }

    @Test
    void a_sandbox_that_its_backend_has_lost_is_reported_gone_and_recorded_as_lost() throws Exception {
        try (var passed = new PassedSandbox(home, answering(new ConcurrentLinkedQueue<>(), GONE_AT_BACKEND))) {
            passed.cloud().lose(Objects.requireNonNull(passed.sandbox().ref()));
            assertThat(list(passed))
                    .startsWith("HTTP/1.1 502 ")
                    .contains("{\"sandboxId\":\"" + passed.sandbox().id()
                            + "\",\"message\":\"The sandbox was not found\"")
                    .doesNotContain("theirs");
            assertThat(passed.sandbox().reason()).isEqualTo(EndReason.LOST);
        }
    }

    @Test
    void an_answer_that_the_backend_cuts_off_is_cut_off_for_the_client_and_the_sandboxs_end_is_recorded()
            throws Exception {
        try (var passed = new PassedSandbox(home, peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        })) {
            passed.cloud().lose(Objects.requireNonNull(passed.sandbox().ref()));
            assertThat(list(passed)).contains("5\r\nhello").doesNotContain("\r\n0\r\n");
            await().untilAsserted(() -> assertThat(passed.sandbox().reason()).isEqualTo(EndReason.LOST));
        }
    }

    @Test
    void a_pause_cuts_an_active_call() throws Exception {
        var begun = new CountDownLatch(1);
        try (var passed = new PassedSandbox(home, peer -> {
                    peer.head();
                    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
                    begun.countDown();
                    peer.rest();
                });
                var client = passed.connect()) {
            client.send("POST /process.Process/Start HTTP/1.1\r\nHost: h\r\n" + passed.opening() + "\r\n");
            client.until("hello");
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            passed.sandboxes().pause(passed.sandbox());
            assertThat(client.restAndEnd()).doesNotContain("0\r\n");
        }
    }

    @Test
    void when_a_client_leaves_the_backends_connection_is_closed() throws Exception {
        var left = new CountDownLatch(1);
        try (var passed = new PassedSandbox(home, peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            peer.restAndEnd();
            left.countDown();
        })) {
            try (var client = passed.connect()) {
                client.send("POST /process.Process/Start HTTP/1.1\r\nHost: h\r\n" + passed.opening() + "\r\n");
                client.until("hello");
            }
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void a_sandbox_without_an_http_target_is_served_through_a_session() throws Exception {
        try (var passed = new PassedSandbox(home, peer -> {})) {
            passed.cloud().reach(port -> {
                throw ExtensionException.notApplied(Kind.UNSUPPORTED, "too old");
            });
            var answer =
                    passed.ask("GET /envs HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + passed.opening() + "\r\n");
            assertThat(answer).startsWith("HTTP/1.1 200 ").contains("{\"OURS\":\"1\"}");
        }
    }
}
