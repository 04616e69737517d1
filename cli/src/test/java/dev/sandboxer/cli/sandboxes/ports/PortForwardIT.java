package dev.sandboxer.cli.sandboxes.ports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.FakeCloud;
import dev.sandboxer.cli.FakeCloudProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Real clients reach servers in a sandbox through ports of this machine. */
class PortForwardIT {
    /** Reads until the client closes its sending side, answers with the number of bytes read, and closes the connection. */
    private static final String WHOLE = """
            import socket
            s = socket.create_server(("127.0.0.1", 7000))
            while True:
                c, _ = s.accept()
                heard = b""
                while part := c.recv(65536):
                    heard += part
                c.sendall(b"heard %d, bye" % len(heard))
                c.close()
            """;

    /** The server of the conformance suite: HTTP and WebSocket. */
    private static final String WEB = "../conformance/harness/guest/web.py";

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @AutoClose
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void http_and_web_sockets_pass_on_several_ports() throws Exception {
        var id = cli.create();
        web(cli, id, 8000);
        web(cli, id, 8001);
        try (var forwarded = ForwardedPorts.of(cli.process(), id, "0:8000", ":8001")) {
            assertThat(forwarded.port(0)).isNotEqualTo(forwarded.port(1));
            for (int i = 0; i < 2; i++) {
                awaitServer(forwarded.port(i));
                assertThat(get(forwarded.port(i), "/path?a=1").body()).contains("\"path\": \"/path?a=1\"");
                var body = "x".repeat(300_000);
                assertThat(post(forwarded.port(i), body).body()).contains(body);
            }
            assertThat(get(forwarded.port(), "/large").body()).hasSize(20 << 20);
            var curl = new ProcessBuilder("curl", "-sS", "-d", "by curl", "http://localhost:" + forwarded.port() + "/")
                    .start();
            assertThat(new String(curl.getInputStream().readAllBytes(), UTF_8)).contains("by curl");
            talk(forwarded.port());
        }
    }

    private void talk(int port) throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        var socket = http.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/socket"), new Listener(heard))
                .get(60, TimeUnit.SECONDS);
        for (int i = 0; i < 200; i++) {
            socket.sendText("word " + i, true).get(60, TimeUnit.SECONDS);
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("echo word " + i);
        }
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(60, TimeUnit.SECONDS);
        socket.abort();
    }

    private record Listener(BlockingQueue<String> heard) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            heard.add(text.toString());
            socket.request(1);
            return null;
        }
    }

    @Test
    void a_client_that_has_ended_its_side_gets_the_answer() throws Exception {
        var id = cli.create();
        cli.run("exec", "-d", id, "python3", "-c", WHOLE);
        try (var forwarded = ForwardedPorts.of(cli.process(), id, "0:7000")) {
            await().atMost(ForwardedPorts.LIMIT).ignoreExceptions().untilAsserted(() -> {
                try (var client = forwarded.connect()) {
                    client.getOutputStream().write(new byte[100_000]);
                    client.shutdownOutput();
                    assertThat(client.getInputStream().readAllBytes())
                            .asString(UTF_8)
                            .isEqualTo("heard 100000, bye");
                }
            });
        }
    }

    @Test
    void a_port_without_a_server_is_reported_once_and_works_later() throws Exception {
        var id = cli.create();
        try (var forwarded = ForwardedPorts.of(cli.process(), id, "0:8000")) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> get(forwarded.port(), "/")).isInstanceOf(IOException.class);
            }
            web(cli, id, 8000);
            awaitServer(forwarded.port());
            assertThat(forwarded.notes()).containsExactly("sandboxer: nothing listens on port 8000 in the sandbox yet");
            assertThat(forwarded.process().isAlive()).isTrue();
        }
    }

    @Test
    void destroying_the_sandbox_ends_the_forward_with_a_reason() throws Exception {
        var id = cli.create();
        web(cli, id, 8000);
        try (var forwarded = ForwardedPorts.of(cli.process(), id, "0:8000")) {
            awaitServer(forwarded.port());
            try (var open = forwarded.connect()) {
                cli.run("destroy", id);
                assertThat(forwarded.status()).isEqualTo(125);
                assertThat(forwarded.notes().getLast())
                        .contains("sandbox " + id + " has ended (killed")
                        .endsWith("[sandbox_ended]");
                assertThat(endOf(open)).isIn(-1, -2);
            }
        }
    }

    /** Waits for the end of a connection. Returns -1 for end of stream, -2 for a reset. */
    private static int endOf(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (IOException e) {
            return -2;
        }
    }

    @Test
    void a_sandbox_that_ends_by_itself_ends_the_forward_too() throws Exception {
        var id = cli.create("--ttl", "20s");
        try (var forwarded = ForwardedPorts.of(cli.process(), id, "0:8000")) {
            assertThat(forwarded.status()).isEqualTo(125);
            assertThat(forwarded.notes().getLast()).contains("has ended (expired");
        }
    }

    @Test
    void a_pause_is_reported_and_the_port_works_again_afterwards() throws Exception {
        var id = cli.create();
        web(cli, id, 8000);
        try (var forwarded = ForwardedPorts.of(cli.process(), id, "0:8000")) {
            awaitServer(forwarded.port());
            cli.run("pause", id);
            await().atMost(ForwardedPorts.LIMIT)
                    .untilAsserted(() -> assertThat(forwarded.notes())
                            .contains("sandboxer: sandbox " + id
                                    + " is paused; connections continue when it is resumed"));
            cli.run("resume", id);
            awaitServer(forwarded.port());
        }
    }

    @Test
    void an_interrupt_ends_the_forward_and_frees_the_port() throws Exception {
        var id = cli.create();
        try (var forwarded = ForwardedPorts.of(cli.process(), id, "0:8000")) {
            forwarded.signal("INT");
            assertThat(forwarded.status()).isEqualTo(130);
            assertThatThrownBy(forwarded::connect).isInstanceOf(ConnectException.class);
        }
        assertThat(cli.run("exec", id, "true").status()).isZero();
    }

    @Test
    void a_used_or_invalid_port_is_refused_before_anything_is_done() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var id = cli.create();
            var refused = cli.run("port-forward", id, "0:7000", taken.getLocalPort() + ":8000");
            assertThat(refused.status()).isEqualTo(125);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err())
                    .contains("can't listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("choose another port, or 0:8000 for any free port")
                    .contains("[listen_failed]");
            var run = cli.run("run", "--publish", taken.getLocalPort() + ":8000", "true");
            assertThat(run.err()).contains("[listen_failed]");
            assertThat(cli.run("ls", "-aq").out().lines()).hasSize(1);
        }
        assertThat(cli.run("port-forward", "x", "80:0").err()).contains("\"0\" is not a port");
        assertThat(cli.run("port-forward", "x", "a:80").err()).contains("\"a:80\" is not a port (examples: 8000,");
        assertThat(cli.run("port-forward", "x", "80", "--address", "no.such.host.invalid")
                        .err())
                .contains("is not an address of this host");
        assertThat(cli.run("port-forward", "nosuch", "0:80").err()).contains("[unknown_sandbox]");
    }

    @Test
    void run_forwards_a_port_as_long_as_its_command_runs() throws Exception {
        try (var run = ForwardedPorts.ofRun(
                cli.process(), "run", "--publish", "127.0.0.1:0:8000", "python3", "-m", "http.server", "8000")) {
            awaitServer(run.port());
            assertThat(get(run.port(), "/").body()).contains("Directory listing");
            run.signal("TERM");
            assertThat(run.status()).isEqualTo(143);
            assertThatThrownBy(run::connect).isInstanceOf(ConnectException.class);
        }
        assertThat(cli.run("ls", "-q").out()).isEmpty();
    }

    @Test
    void ports_of_a_sandbox_in_a_cloud_are_forwarded_as_well() throws Exception {
        try (var cloud = FakeCloud.start("faults: []\n")) {
            var away = cli.with(cloud.client().environment());
            var id = away.create("-p", "e2b-burst");
            try {
                web(away, id, 8000);
                try (var forwarded = ForwardedPorts.of(away.process(), id, "0:8000")) {
                    awaitServer(forwarded.port());
                    assertThat(get(forwarded.port(), "/away").body()).contains("\"path\": \"/away\"");
                    talk(forwarded.port());
                }
            } finally {
                away.run("destroy", id);
            }
        }
    }

    @Test
    void ports_of_a_sandbox_at_modal_are_forwarded_through_its_tunnels_or_without_one() throws Exception {
        var here = FakeCloudProcess.newDirectory();
        try (var cloud = FakeCloudProcess.startModal(here, "faults: []\n")) {
            var away = cli.with(cloud.modalEnvironment());
            var id = away.create("-p", "burst-sandbox", "--only", "ext.modal", "--port", "8000");
            web(away, id, 8000);
            web(away, id, 8001);
            try (var forwarded = ForwardedPorts.of(away.process(), id, "0:8000", "0:8001")) {
                for (int i = 0; i < 2; i++) {
                    awaitServer(forwarded.port(i));
                    assertThat(get(forwarded.port(i), "/away").body()).contains("\"path\": \"/away\"");
                    talk(forwarded.port(i));
                }
            } finally {
                away.run("destroy", id);
            }
        } finally {
            FakeCloudProcess.removeDirectory(here);
        }
    }

    @Test
    void localhost_listens_on_both_of_its_addresses_with_the_same_port() throws Exception {
        var id = cli.create();
        web(cli, id, 8000);
        try (var forwarded = ForwardedPorts.of(cli.process(), id, "localhost:0:8000", "localhost:0:8000")) {
            assertThat(forwarded.port(0)).isEqualTo(forwarded.port(1));
            for (String address : List.of("127.0.0.1", "[::1]")) {
                await().atMost(ForwardedPorts.LIMIT).ignoreExceptions().untilAsserted(() -> {
                    var request =
                            HttpRequest.newBuilder(URI.create("http://" + address + ":" + forwarded.port() + "/"));
                    assertThat(http.send(request.build(), BodyHandlers.ofString())
                                    .statusCode())
                            .isEqualTo(200);
                });
            }
        }
    }

    /** Starts the web server inside, which may take a while to listen. */
    private static void web(Cli cli, String id, int port) {
        cli.run("cp", WEB, id + ":web.py");
        var started = cli.run("exec", "-d", id, "python3", "web.py", Integer.toString(port));
        assertThat(started.status()).as(started.err()).isZero();
    }

    private void awaitServer(int port) {
        await().atMost(ForwardedPorts.LIMIT)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(get(port, "/").statusCode()).isEqualTo(200));
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return http.send(request(port, path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(int port, String body) throws IOException, InterruptedException {
        return http.send(request(port, "/").POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(ForwardedPorts.LIMIT)
                .version(HttpClient.Version.HTTP_1_1);
    }
}
