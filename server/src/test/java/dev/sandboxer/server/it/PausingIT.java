package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.server.it.harness.ConnectStream;
import dev.sandboxer.server.it.harness.Guest;
import dev.sandboxer.server.it.harness.LiveServer;
import dev.sandboxer.server.it.harness.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Active calls into a sandbox when it is paused or killed. */
class PausingIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    /** A server that upgrades when asked to, and otherwise never answers. */
    private static final String SILENT = """
            exec perl -MIO::Socket::INET -e '
              $| = 1;
              $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 3000, Listen => 9, ReuseAddr => 1) or die;
              print "up\\n";
              while ($c = $l->accept) {
                $c->autoflush(1); $head = "";
                while (defined($line = <$c>) && $line ne "\\r\\n") { $head .= $line }
                print $c "HTTP/1.1 101 Go\\r\\nConnection: Upgrade\\r\\nUpgrade: raw\\r\\n\\r\\n" if $head =~ /Upgrade: raw/;
                push @kept, $c;
              }'
            """;

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    private Guest sandbox;
    private final List<Wire> clients = new ArrayList<>();

    @BeforeEach
    void create() throws IOException {
        sandbox = server.create();
    }

    @AfterEach
    void destroy() throws IOException {
        for (var client : clients) {
            client.close();
        }
        server.control("DELETE", "/sandboxes/" + sandbox.id(), "");
    }

    private Wire send(String request) throws IOException {
        var client = server.connect();
        clients.add(client);
        return client.send(request);
    }

    private Wire call(String method, String json) throws IOException {
        return send(sandbox.post(method, "application/json") + "Content-Length: " + json.length() + "\r\n\r\n" + json);
    }

    /** Begins an upload that never ends. */
    private Wire upload() throws IOException {
        return send("POST /files?path=/tmp/up HTTP/1.1\r\n" + sandbox.headers()
                + "Content-Type: application/octet-stream\r\nContent-Length: 100000000\r\n\r\nbegun");
    }

    private Wire input(int pid) throws IOException {
        var start = ConnectStream.frame(0, ("{\"start\":{\"process\":{\"pid\":" + pid + "}}}").getBytes(UTF_8));
        return send(sandbox.post("process.Process/StreamInput", ConnectStream.TYPE) + "Content-Length: 1000\r\n\r\n")
                .send(start);
    }

    private Wire port(String headers) throws IOException {
        return send("GET / HTTP/1.1\r\nHost: h\r\nE2b-Sandbox-Id: " + sandbox.id() + "\r\nE2b-Sandbox-Port: 3000\r\n"
                + headers + "\r\n");
    }

    private Wire download() throws IOException {
        var client = Wire.connectSmall(server.address());
        clients.add(client);
        client.send("GET /files?path=/tmp/large HTTP/1.1\r\n" + sandbox.headers() + "\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        return client;
    }

    private void control(String method, String path, int status) throws IOException {
        var answer = server.control(method, "/sandboxes/" + sandbox.id() + path, method.equals("POST") ? "{}" : "");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    }

    private static void awaitActive(int count) {
        await().atMost(TIMEOUT).until(() -> LeavingIT.activeRequests(server) == count);
    }

    @Test
    void a_pause_cuts_or_answers_all_active_calls() throws Exception {
        sandbox.run("truncate -s 1G /tmp/large");
        try (var serving = sandbox.start(SILENT);
                var process = sandbox.start("echo up; exec sleep 1000");
                var watch = sandbox.stream("filesystem.Filesystem/WatchDir", "{\"path\":\"/tmp\"}")) {
            assertThat(serving.stdout()).isEqualTo("up\n");
            var pid = process.pid();
            assertThat(process.stdout()).isEqualTo("up\n");
            watch.next();
            var download = download();
            var uploads = List.of(upload(), input(pid));
            var silent = port("");
            var tunnel = port("Connection: upgrade\r\nUpgrade: raw\r\n");
            assertThat(tunnel.head()).startsWith("HTTP/1.1 101 ");
            awaitActive(7);
            var lists = List.of(
                    call("filesystem.Filesystem/ListDir", "{\"path\":\"/\",\"depth\":20}"),
                    call("filesystem.Filesystem/ListDir", "{\"path\":\"/\",\"depth\":20}"));

            control("POST", "/pause", 204);

            awaitActive(0);
            for (var list : lists) {
                assertThat(list.answer().status()).isIn(200, 502);
            }
            for (var upload : uploads) {
                assertThat(upload.answer().status()).isEqualTo(502);
            }
            assertThat(silent.answer().status()).isEqualTo(502);
            assertThat(tunnel.rest()).isEmpty();
            assertThatThrownBy(process::last).isInstanceOf(IOException.class);
            assertThatThrownBy(watch::last).isInstanceOf(IOException.class);
            download.rest();
        }
    }

    @Test
    void calls_that_begin_during_a_pause_are_all_answered() throws Exception {
        for (int round = 0; round < 3; round++) {
            var pausing = Thread.ofVirtual().start(() -> {
                try {
                    control("POST", "/pause", 204);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            var calls = new ArrayList<Wire>();
            while (pausing.isAlive() && calls.size() < 300) {
                calls.add(call("filesystem.Filesystem/Stat", "{\"path\":\"/tmp\"}"));
            }
            for (var call : calls) {
                assertThat(call.answer().status()).isIn(200, 502);
            }
            pausing.join();
            control("POST", "/connect", 201);
            assertThat(sandbox.run("echo on")).isEqualTo("on\n");
        }
    }

    @Test
    void a_kill_ends_calls_that_wait_for_their_clients() throws Exception {
        try (var process = sandbox.start("echo up; exec sleep 1000")) {
            var pid = process.pid();
            var waiting = List.of(upload(), input(pid));
            awaitActive(3);

            control("DELETE", "", 204);

            awaitActive(0);
            for (var client : waiting) {
                assertThat(client.answer().status()).isEqualTo(502);
            }
        }
    }

    @Test
    void a_call_ends_when_its_client_leaves() throws Exception {
        try (var process = sandbox.stream(
                "process.Process/Start",
                "{\"process\":{\"cmd\":\"/bin/sleep\",\"args\":[\"1000\"]},\"stdin\":true,\"tag\":\"deaf\"}")) {
            process.pid();
            // the process never reads its input, so the call waits
            var bytes = "A".repeat(4_000_000);
            var call = call(
                    "process.Process/SendInput",
                    "{\"process\":{\"tag\":\"deaf\"},\"input\":{\"stdin\":\"" + bytes + "\"}}");
            awaitActive(2);
            call.close();
            awaitActive(1);
        }
    }
}
