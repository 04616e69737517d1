package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Malformed and incomplete responses from servers inside a sandbox. */
class HostileServerTest extends ForwardingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private void assertBadGateway() throws Exception {
        try (var client = gateway.connect()) {
            assertThat(client.send(GET).head()).startsWith("HTTP/1.1 502 ").doesNotContain("Evil");
        }
        assertThat(gateway.thrown()).hasSize(1).hasOnlyElementsOfType(PortUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "H",
                "HTTP/1.1 200",
                "HTTP/1.1 200 OK\r\nX: y\r\n",
                "hello\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n",
                "\u0000\u0001\u0002\u0003\u0004",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 600 OK\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
                "HTTP/1.1 200 OK\r\n: y\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: y\u0000z\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: y\rEvil: z\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: y\r\n Evil: folded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX\u0000: y\r\n\r\n",
                "HTTP/1.1 200 O\u0001K\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nEvil"
            })
    void an_answer_that_is_not_http_is_a_502(String answer) throws Exception {
        serve(InsideServer.answering(answer));

        assertBadGateway();
    }

    @Test
    void a_server_that_hangs_up_at_once_is_a_502() throws Exception {
        serve(Peer::reset);

        assertBadGateway();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Long: %s\r\n", "%s: x\r\n", "X: y\r\nX-%s"})
    void a_head_beyond_the_limit_is_a_502(String header) throws Exception {
        serve(peer -> {
            peer.head();
            peer.send(OK);
            var piece = header.formatted("v".repeat(70_000));
            try {
                while (true) {
                    peer.send(piece);
                }
            } catch (IOException e) {
                // the gateway has closed the connection
            }
        });

        assertBadGateway();
    }

    @Test
    void endless_interim_responses_are_a_502() throws Exception {
        serve(peer -> {
            peer.head();
            try {
                while (true) {
                    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
                }
            } catch (IOException e) {
                // the gateway has closed the connection
            }
        });

        assertBadGateway();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 10\r\n\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y",
                "Transfer-Encoding: chunked\r\n\r\n6\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!!\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
                "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff1\r\nhello\r\n0\r\n\r\n"
            })
    void a_body_that_ends_wrongly_never_looks_complete(String headAndBody) throws Exception {
        serve(InsideServer.answering(OK + headAndBody));

        for (var version : new String[] {"1.1", "1.0"}) {
            try (var client = gateway.connect()) {
                client.send("GET / HTTP/" + version + "\r\nHost: h\r\nConnection: close\r\n\r\n");
                isCut(client.restAndEnd(), version);
            }
        }
    }

    @Test
    void a_body_that_ends_with_a_reset_does_not_look_complete() throws Exception {
        serve(peer -> {
            peer.head();
            peer.send(OK + "\r\n" + "hello".repeat(1000));
            peer.input().transferTo(OutputStream.nullOutputStream());
        });
        for (var version : new String[] {"1.1", "1.0"}) {
            try (var client = gateway.connect()) {
                client.send("GET / HTTP/" + version + "\r\nHost: h\r\nConnection: close\r\n\r\n");
                client.until("hello");
                inside.resetAll();
                isCut(client.restAndEnd(), version);
            }
        }
    }

    private static void isCut(String rest, String version) {
        assertThat(rest).doesNotContain("\r\n0\r\n");
        if (version.equals("1.0") && !rest.startsWith("HTTP/1.1 502 ")) {
            assertThat(rest)
                    .as("only a reset shows an HTTP/1.0 client that the body is incomplete")
                    .endsWith("[reset]");
        }
    }

    @Test
    void trailers_beyond_the_limit_break_off_the_response() throws Exception {
        serve(peer -> {
            peer.head();
            peer.send(OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n");
            try {
                while (true) {
                    peer.send("X-Trailer: " + "v".repeat(10_000) + "\r\n");
                }
            } catch (IOException e) {
                // the gateway has closed the connection
            }
        });

        try (var client = gateway.connect()) {
            assertThat(client.send(GET).restAndEnd()).contains("hello").doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    @Tag("campaign")
    void random_damage_to_a_response_never_breaks_the_gateway_or_adds_to_the_head() throws Exception {
        long seed = Long.getLong("soak.seed", System.nanoTime());
        var random = new Random(seed);
        var good = OK + "X-One: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
        serve(peer -> {
            peer.head();
            peer.send(damaged(good, random));
        });

        for (int round = 0; round < 300 * Integer.getInteger("soak.scale", 1); round++) {
            try (var client = gateway.connect()) {
                var answer = client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                        .restAndEnd();
                assertThat(answer).as("seed %d", seed).matches("(?s)HTTP/1\\.1 [2-5]\\d\\d .*");
            }
        }
    }

    private static synchronized String damaged(String text, Random random) {
        var damaged = new StringBuilder(text);
        for (int damages = random.nextInt(1, 4); damages > 0; damages--) {
            int at = random.nextInt(damaged.length());
            switch (random.nextInt(3)) {
                case 0 -> damaged.setCharAt(at, (char) random.nextInt(256));
                case 1 -> damaged.deleteCharAt(at);
                default -> damaged.insert(at, "\r\n\u0000: ;0".charAt(random.nextInt(7)));
            }
        }
        return damaged.toString();
    }

    @Test
    void invalid_limits_are_refused() {
        assertThatThrownBy(() -> new Limits(0, Gateway.LIMITS.linger())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Limits(1, Gateway.LIMITS.linger().negated()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
