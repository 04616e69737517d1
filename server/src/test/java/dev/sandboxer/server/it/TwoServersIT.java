package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.server.it.harness.Guest;
import dev.sandboxer.server.it.harness.LiveServer;
import dev.sandboxer.testing.databases.PostgresServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two servers on one database. Sandboxes of each are reached through the other. */
class TwoServersIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String MARK = "X-Sandboxer-Forwarded: 1\r\n";

    /** A server that upgrades when asked to and then echoes; otherwise it answers with the request's head. */
    private static final String ECHO = """
            exec perl -MIO::Socket::INET -e '
              $| = 1; $SIG{PIPE} = "IGNORE";
              $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 3000, Listen => 9, ReuseAddr => 1) or die;
              print "up\\n";
              while ($c = $l->accept) {
                $c->autoflush(1); $head = "";
                while (defined($line = <$c>) && $line ne "\\r\\n") { $head .= $line }
                if ($head =~ /Upgrade: raw/) {
                  print $c "HTTP/1.1 101 Go\\r\\nConnection: Upgrade\\r\\nUpgrade: raw\\r\\n\\r\\n";
                  while (sysread($c, $b, 1000)) { syswrite($c, $b) }
                } else {
                  print $c "HTTP/1.1 200 OK\\r\\nContent-Length: " . length($head) . "\\r\\n\\r\\n" . $head;
                }
                close $c;
              }'
            """;

    private static final Path MASTER_KEY = masterKey();
    private static final LiveServer.Sharing SHARING =
            new LiveServer.Sharing(PostgresServer.get().empty(), MASTER_KEY);

    @RegisterExtension
    static final LiveServer home = LiveServer.of(SHARING);

    @RegisterExtension
    static final LiveServer other = LiveServer.of(SHARING);

    /** A sandbox of the first server, as a client of the second sees it. */
    private Guest sandbox;

    private static Path masterKey() {
        try {
            return Files.createTempDirectory("sbx-key").resolve("master-key.json");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void removeKey() throws IOException {
        for (String name : new String[] {"master-key.json", "master-key.json.lock"}) {
            Files.deleteIfExists(MASTER_KEY.resolveSibling(name));
        }
        Files.delete(MASTER_KEY.getParent());
    }

    @BeforeEach
    void viewFromOther() {
        sandbox = seenFrom(other, home.sandbox());
    }

    private static Guest seenFrom(LiveServer server, Guest guest) {
        return new Guest(server, guest.id(), guest.token());
    }

    private static int control(LiveServer server, String method, Guest guest, String path, String body)
            throws IOException {
        return server.control(method, "/sandboxes/" + guest.id() + path, body).status();
    }

    @Test
    void commands_stream_both_ways() throws IOException {
        try (var stream = sandbox.start("echo first; exec sleep 600")) {
            var pid = stream.pid();
            assertThat(stream.stdout()).isEqualTo("first\n");
            assertThat(sandbox.processes()).anyMatch(process -> process.contains("\"pid\":" + pid));
            sandbox.unary(
                    "process.Process/SendSignal", "{\"process\":{\"pid\":" + pid + "},\"signal\":\"SIGNAL_SIGKILL\"}");
            assertThat(stream.last().error()).isEmpty();
            assertThat(stream.endsWell()).isTrue();
        }
        assertThat(sandbox.run("echo $((1 + 1))")).isEqualTo("2\n");
    }

    @Test
    void files_are_uploaded_and_downloaded_whole() throws IOException {
        var content = "x".repeat(3_000_000);
        var up = other.ask("POST /files?path=/tmp/large HTTP/1.1\r\n" + sandbox.headers()
                + "Content-Type: application/octet-stream\r\nContent-Length: " + content.length() + "\r\n\r\n"
                + content);
        assertThat(up.status()).as(up.toString()).isEqualTo(200);

        var down = other.ask("GET /files?path=/tmp/large HTTP/1.1\r\n" + sandbox.headers() + "\r\n");

        assertThat(down.body()).isEqualTo(content);
        assertThat(sandbox.run("wc -c </tmp/large").strip()).isEqualTo("3000000");
    }

    @Test
    void a_signed_url_is_handed_on() throws IOException, NoSuchAlgorithmException {
        sandbox.run("echo signed > /tmp/signed");
        var hash =
                MessageDigest.getInstance("SHA-256").digest(("/tmp/signed:read::" + sandbox.token()).getBytes(UTF_8));
        var signature =
                URLEncoder.encode("v1_" + Base64.getEncoder().withoutPadding().encodeToString(hash), UTF_8);

        var query = "/files?path=/tmp/signed&signature=" + signature;
        assertThat(other.ask("GET " + query + " HTTP/1.1\r\nHost: h\r\n\r\n").body())
                .isEqualTo("signed\n");
        assertThat(other.ask("GET " + query.replace("v1_", "v1_x") + " HTTP/1.1\r\nHost: h\r\n\r\n")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void the_other_server_authenticates_callers() throws IOException {
        var stranger = new Guest(other, sandbox.id(), "0".repeat(40));

        assertThat(stranger.unary("process.Process/List", "{}").status()).isEqualTo(401);
        assertThat(other.ask("POST /sandboxes/" + sandbox.id() + "/pause HTTP/1.1\r\nHost: h\r\nX-API-Key: e2b_"
                                + "0".repeat(40) + "\r\nContent-Length: 0\r\n\r\n")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void ports_and_tunnels_are_handed_on_by_header_and_by_host_name() throws IOException {
        try (var server = sandbox.start(ECHO)) {
            assertThat(server.stdout()).isEqualTo("up\n");
            var byName = "GET /a%2Fb?q=1 HTTP/1.1\r\nHost: 3000-" + sandbox.id() + ".sandboxes.test\r\n";
            var answer = other.ask(byName + "X-API-Key: " + other.key() + "\r\n\r\n");
            assertThat(answer.body())
                    .startsWith("GET /a%2Fb?q=1 HTTP/1.1")
                    .contains("Host: 3000-" + sandbox.id() + ".sandboxes.test")
                    .doesNotContain(other.key())
                    .doesNotContainIgnoringCase("sandboxer");

            try (var client = other.connect()) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\nE2b-Sandbox-Id: " + sandbox.id()
                        + "\r\nE2b-Sandbox-Port: 3000\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n");
                assertThat(client.head()).startsWith("HTTP/1.1 101 ");
                assertThat(new String(client.send("ping").exactly(4), ISO_8859_1))
                        .isEqualTo("ping");
            }
        }
        var closed = other.ask("GET / HTTP/1.1\r\nHost: 3001-" + sandbox.id() + ".sandboxes.test\r\n\r\n");
        assertThat(closed.status()).isEqualTo(502);
        assertThat(closed.body()).contains("port is not open");
    }

    @Test
    void a_sandbox_elsewhere_is_listed_shown_extended_paused_resumed_measured_and_killed() throws IOException {
        var guest = seenFrom(other, home.create());

        assertThat(other.control("GET", "/v2/sandboxes", "").body()).contains(guest.id());
        assertThat(control(other, "GET", guest, "", "")).isEqualTo(200);
        assertThat(control(other, "POST", guest, "/timeout", "{\"timeout\":600}"))
                .isEqualTo(204);
        assertThat(control(other, "GET", guest, "/metrics", "")).isEqualTo(200);
        assertThat(control(other, "GET", guest, "/logs", "")).isEqualTo(200);
        assertThat(other.control("GET", "/sandboxes/metrics?sandbox_ids=" + guest.id(), "")
                        .status())
                .as("a request about several sandboxes is answered for those of this host")
                .isEqualTo(200);
        assertThat(control(other, "POST", guest, "/pause", "{}")).isEqualTo(204);
        assertThat(control(other, "POST", guest, "/pause", "{}")).isEqualTo(409);
        assertThat(control(other, "POST", guest, "/connect", "{\"timeout\":600}"))
                .isEqualTo(201);
        assertThat(guest.run("echo on")).isEqualTo("on\n");
        assertThat(control(other, "DELETE", guest, "", "")).isEqualTo(204);
        assertThat(state(guest)).isEqualTo(SandboxState.STOPPED);
        assertThat(control(other, "DELETE", guest, "", "")).isEqualTo(404);
    }

    @Test
    void a_call_resumes_a_paused_sandbox_elsewhere() throws IOException {
        var guest = seenFrom(
                other,
                home.create(
                        "{\"templateID\":\"base\",\"timeout\":900,\"autoPause\":true,\"autoResume\":{\"enabled\":true}}"));
        assertThat(control(home, "POST", guest, "/pause", "{}")).isEqualTo(204);

        assertThat(guest.run("echo awake")).isEqualTo("awake\n");

        assertThat(control(other, "DELETE", guest, "", "")).isEqualTo(204);
    }

    @Test
    void a_sandbox_from_a_snapshot_is_created_on_the_snapshots_host() throws IOException {
        sandbox.run("echo kept > /home/user/kept; sync");
        var made = other.control("POST", "/sandboxes/" + sandbox.id() + "/snapshots", "{}");
        assertThat(made.status()).as(made.toString()).isEqualTo(201);
        var snapshot = LiveServer.JSON.readTree(made.body()).get("snapshotID").asString();

        var guest = other.create("{\"templateID\":\"" + snapshot + "\",\"timeout\":900}");

        assertThat(guest.run("cat /home/user/kept")).isEqualTo("kept\n");
        assertThat(row(guest).host()).isEqualTo(row(sandbox).host());
        assertThat(control(other, "DELETE", guest, "", "")).isEqualTo(204);
        assertThat(other.control("DELETE", "/templates/" + snapshot, "").status())
                .isEqualTo(204);
    }

    @Test
    void a_forwarded_request_is_not_forwarded_again() throws IOException {
        var answer = other.ask("GET /files?path=/tmp/x HTTP/1.1\r\n" + sandbox.headers() + MARK + "\r\n");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isNotEmpty();
        // the server of the sandbox's host ignores the mark
        assertThat(home.ask("GET /health HTTP/1.1\r\n" + sandbox.headers() + MARK + "\r\n")
                        .status())
                .isEqualTo(204);
    }

    @Test
    void while_its_server_is_away_calls_are_503_and_a_kill_waits_for_that_server() throws IOException {
        var guest = seenFrom(other, home.create());
        var spared = seenFrom(other, home.create());
        home.stop();
        try {
            var listed = guest.unary("process.Process/List", "{}");
            assertThat(listed.status()).as(listed.toString()).isEqualTo(503);
            assertThat(listed.header("Retry-After")).isNotEmpty();
            assertThat(listed.body()).contains("\"code\":\"unavailable\"", "another host");
            try (var stream = guest.start("true")) {
                assertThat(stream.last().error()).isEqualTo("unavailable");
            }
            for (String path : new String[] {"/pause", "/timeout", "/connect"}) {
                var refused = other.control("POST", "/sandboxes/" + guest.id() + path, "{\"timeout\":60}");
                assertThat(refused.status()).as(path).isEqualTo(503);
                assertThat(refused.header("Retry-After")).isNotEmpty();
                assertThat(refused.body()).startsWith("{\"code\":503,");
            }
            var port = other.ask("GET / HTTP/1.1\r\nHost: 3000-" + guest.id() + ".sandboxes.test\r\n\r\n");
            assertThat(port.status()).isEqualTo(503);
            assertThat(port.header("Retry-After")).isNotEmpty();
            assertThat(control(other, "GET", guest, "", "")).isEqualTo(200);

            assertThat(control(other, "DELETE", guest, "", "")).isEqualTo(204);
            assertThat(state(guest)).isEqualTo(SandboxState.STOPPING);
            assertThat(control(other, "GET", guest, "", "")).isEqualTo(404);
        } finally {
            home.start();
        }
        await().atMost(TIMEOUT).until(() -> state(guest) == SandboxState.STOPPED);
        await().atMost(TIMEOUT)
                .until(() -> spared.unary("process.Process/List", "{}").status() == 200);
        assertThat(control(other, "DELETE", spared, "", "")).isEqualTo(204);
    }

    private static Sandbox row(Guest guest) {
        return other.installation().sandboxes().find(new SandboxId(guest.id())).orElseThrow();
    }

    private static SandboxState state(Guest guest) {
        return row(guest).state();
    }

    @Test
    void keys_and_tokens_are_valid_at_both_servers() {
        assertThat(other.installation().tokenSecret())
                .hasSize(32)
                .isEqualTo(home.installation().tokenSecret());
        assertThat(other.installation().home().resolve("token.key")).doesNotExist();
        assertThat(home.installation().keys().list(Sandboxer.LOCAL_CONSUMER)).hasSize(2);
    }
}
