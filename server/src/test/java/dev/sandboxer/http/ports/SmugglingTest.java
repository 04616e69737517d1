package dev.sandboxer.http.ports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that two servers could understand differently. */
class SmugglingTest extends ForwardingTest {
    /** All bytes that the server inside has received, by connection. */
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private void keepAll() throws Exception {
        serve(peer -> {
            var head = peer.head();
            var text = new StringBuilder(head);
            var body = new RequestBody(peer, head);
            for (var piece = body.next(); piece != null; piece = body.next()) {
                text.append(new String(piece, ISO_8859_1));
            }
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            seen.add(text + "|" + peer.rest());
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                "Content-Length: 5, 5\r\n\r\nhello",
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding\u000b: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: +5\r\n\r\nhello",
                "Content-Length: 0x5\r\n\r\nhello",
                "Content-Length: -5\r\n\r\nhello",
                "Content-Length: 5 5\r\n\r\nhello",
                "Content-Length: 99999999999999999999\r\n\r\nhello",
                "Content-Length: 5\r\n Content-Length: 6\r\n\r\nhello!",
                "X: y\r\n Z: folded\r\n\r\n",
                "X: y\u0000z\r\n\r\n",
                "X: y\rZ: z\r\n\r\n",
                "Host: other\r\n\r\n",
                "Bad Name: x\r\n\r\n",
                ": x\r\n\r\n"
            })
    void a_request_of_ambiguous_length_is_not_forwarded(String headersAndBody) throws Exception {
        keepAll();
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\n" + headersAndBody);
            assertThat(client.restAndEnd()).startsWith("HTTP/1.1 400 ");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void the_connection_header_cannot_remove_the_framing() throws Exception {
        keepAll();
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: content-length, transfer-encoding\r\n"
                    + "Content-Length: 24\r\n\r\nGET /evil HTTP/1.1\r\n\r\nxx");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\r\n");
        }
        assertNothingLeft();
        assertThat(seen)
                .singleElement()
                .satisfies(request -> assertThat(request)
                        .contains("\r\nContent-Length: 24\r\n")
                        .endsWith("GET /evil HTTP/1.1\r\n\r\nxx|"));
    }

    @Test
    void a_body_is_the_same_inside_however_it_was_chunked() throws Exception {
        keepAll();
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "0002;a=b;c=\"d\"\r\nhe\r\n1\r\nl\r\n"
                    + "2\r\nlo\r\n0\r\nContent-Length: 9\r\nX-Trailer: y\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\r\n");
        }
        assertNothingLeft();
        assertThat(seen)
                .singleElement()
                .satisfies(request -> assertThat(request)
                        .contains("\r\nTransfer-Encoding: chunked\r\n")
                        .doesNotContain("Trailer", "Content-Length")
                        .endsWith("\r\n\r\nhello|"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2\r\nhello\r\n0\r\n\r\n",
                "-1\r\nhello\r\n0\r\n\r\n",
                "zz\r\nhello\r\n0\r\n\r\n",
                "5\nhello\n0\n\n",
                "fffffffffffffffff\r\nhello",
                "5\r\nhelloX\r\n0\r\n\r\n"
            })
    void a_body_in_bad_chunks_never_looks_complete(String body) throws Exception {
        serve(peer -> seen.add(peer.restAndEnd()));
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
            client.restAndEnd();
        }
        assertNothingLeft();
        assertThat(seen).allSatisfy(request -> assertThat(request).doesNotContain("\r\n0\r\n"));
    }

    @Test
    void two_pipelined_requests_get_a_connection_each() throws Exception {
        keepAll();
        try (var client = gateway.connect()) {
            client.send("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
                    + "POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
                    + "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                assertThat(client.head()).startsWith("HTTP/1.1 200 OK\r\n");
            }
        }
        assertNothingLeft();
        assertThat(seen).hasSize(3).allMatch(request -> request.endsWith("|"));
        assertThat(seen)
                .extracting(request -> request.substring(0, 7))
                .containsExactlyInAnyOrder("POST /1", "POST /2", "GET /3 ");
    }

    @Test
    @Tag("campaign")
    void random_damage_never_splits_a_request_in_two() throws Exception {
        long seed = Long.getLong("soak.seed", System.nanoTime());
        var random = new Random(seed);
        keepAll();
        var evil = "GET /evil HTTP/1.1\r\nEvil: 1\r\n\r\n";
        var requests = new String[] {
            "POST /good HTTP/1.1\r\nHost: h\r\nContent-Length: " + evil.length() + "\r\nX: y\r\n\r\n" + evil,
            "POST /good HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
                    + Integer.toHexString(evil.length()) + "\r\n" + evil + "\r\n0\r\n\r\n"
        };
        for (int round = 0; round < 300 * Integer.getInteger("soak.scale", 1); round++) {
            var request = requests[round % 2];
            var damaged = new StringBuilder(request);
            for (int damages = random.nextInt(1, 4); damages > 0; damages--) {
                int at = random.nextInt(request.indexOf(evil) - 3);
                switch (random.nextInt(3)) {
                    case 0 -> damaged.setCharAt(at, (char) random.nextInt(256));
                    case 1 -> damaged.deleteCharAt(at);
                    default -> damaged.insert(at, "\r\n\u0000: ;0,".charAt(random.nextInt(8)));
                }
            }
            try (var client = gateway.connect()) {
                client.send(damaged.toString()).shutdownOutput();
                client.restAndEnd();
            }
        }
        assertNothingLeft();
        assertThat(seen).as("seed %d", seed).allSatisfy(request -> {
            assertThat(request).endsWith("|");
            assertThat(request.substring(0, request.indexOf("\r\n\r\n"))).matches("""
                    (?s)[!#$%&'*+.^_`|~0-9A-Za-z-]+ \\S+ HTTP/1\\.1(\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\r\n]*)+""");
        });
    }
}
