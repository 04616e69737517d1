package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.server.it.harness.ConnectStream;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to a server in a sandbox, and how they end. */
class TunnelIT {
    private static final String UPGRADE = "Connection: upgrade\r\nUpgrade: raw\r\n";
    /** A server that upgrades when asked to and then echoes; otherwise it answers with the request's head. Prints each end. */
    private static final String SERVER = """
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
                close $c; print "ended\\n";
              }'
            """;

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    private static ConnectStream output;

    @BeforeAll
    static void serve() throws IOException {
        output = server.sandbox().start(SERVER);
        assertThat(output.stdout()).isEqualTo("up\n");
    }

    @AfterAll
    static void close() throws IOException {
        output.close();
    }

    private static String get(String headers) {
        return "GET /x HTTP/1.1\r\nHost: h\r\nE2b-Sandbox-Id: "
                + server.sandbox().id() + "\r\nE2b-Sandbox-Port: 3000\r\n" + headers + "\r\n";
    }

    @ParameterizedTest
    @EnumSource
    void a_tunnel_ends_inside_when_its_client_vanishes(LeavingIT.Leaving how) throws IOException {
        var client = server.connect();
        assertThat(client.send(get(UPGRADE)).head()).startsWith("HTTP/1.1 101 ");
        assertThat(new String(client.send("ping").exactly(4), ISO_8859_1)).isEqualTo("ping");

        how.leave(client);

        assertThat(output.stdout()).isEqualTo("ended\n");
        await().atMost(Duration.ofSeconds(30)).until(() -> LeavingIT.activeRequests(server) == 1);
    }

    @Test
    void a_port_where_nothing_listens_is_502_for_requests_and_tunnels() throws IOException {
        for (String headers : new String[] {"", UPGRADE}) {
            var answer = server.ask(get(headers).replace("3000", "3001"));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("port is not open");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-A: b\rX-Evil: 1",
                "X-A: b\r\n X-Evil: 1",
                "X-A\u0000: b",
                "Content-Length: 1\r\nContent-Length: 2",
                "Content-Length: 1\r\nTransfer-Encoding: chunked",
            })
    void a_malformed_request_never_reaches_the_server_inside(String headers) throws IOException {
        assertThat(server.ask(get(headers + "\r\n")).status()).isEqualTo(400);
        // this is the next request that the server in the sandbox sees
        var answer = server.ask(get("X-Good: 1\r\n"));
        assertThat(answer.body()).contains("X-Good: 1").doesNotContain("Evil");
        assertThat(output.stdout()).isEqualTo("ended\n");
    }

    @Test
    void connect_is_501_and_never_reaches_the_server_inside() throws IOException {
        var answer = server.ask(get("").replace("GET /x", "CONNECT other:80").replace("Host: h", "Host: other:80"));

        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.body()).contains("CONNECT is not supported");
        assertThat(output.stdout()).isEqualTo("ended\n");
    }

    @Test
    void our_keys_do_not_reach_the_server_inside() throws IOException {
        var answer = server.ask(get("X-API-Key: " + server.key() + "\r\nX-Access-Token: "
                + server.sandbox().token() + "\r\nE2b-Traffic-Access-Token: t\r\n"));

        assertThat(answer.body())
                .startsWith("GET /x HTTP/1.1")
                .doesNotContain(server.key())
                .doesNotContain("Token");
        assertThat(output.stdout()).isEqualTo("ended\n");
    }

    @Test
    void keys_of_the_server_inside_reach_it() throws IOException {
        var answer = server.ask(get("X-API-Key: theirs\r\nX-Access-Token: of theirs\r\n"));

        assertThat(answer.body()).contains("X-API-Key: theirs\r\n", "X-Access-Token: of theirs\r\n");
        assertThat(output.stdout()).isEqualTo("ended\n");
    }
}
