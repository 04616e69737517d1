package dev.sandboxer.http.ports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.feature.HttpTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that go to another proxy, over connections that are reused. */
class UpstreamProxyTest {
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    private final AtomicInteger accepted = new AtomicInteger();
    private InsideServer server;
    private Gateway gateway;

    private Gateway gateway(InsideServer.Script script) throws Exception {
        server = new InsideServer(peer -> {
            accepted.incrementAndGet();
            script.serve(peer);
        });
        var origin = URI.create("http://127.0.0.1:" + server.address().getPort());
        gateway = new Gateway(server).onwardTo(new HttpTarget(origin, Map.of("X-Added", "theirs")));
        return gateway;
    }

    @AfterEach
    void stop() throws Exception {
        gateway.stop();
        server.close();
    }

    /** Echoes the body of each request, with the request's framing. */
    private static final InsideServer.Script ECHO = peer -> {
        while (true) {
            var head = peer.head();
            assertThat(head).contains("X-Added: theirs\r\n").doesNotContain("X-Forwarded-");
            if (head.contains(CHUNKED)) {
                peer.send("HTTP/1.1 200 OK\r\n" + CHUNKED + "\r\n");
                for (int size = size(peer); size > 0; size = size(peer)) {
                    var piece = peer.read(size);
                    peer.until("\r\n");
                    peer.send(Integer.toHexString(size) + "\r\n" + piece + "\r\n");
                }
                peer.until("\r\n");
                peer.send("0\r\n\r\n");
            } else {
                var length = head.replaceAll("(?s).*Content-Length: (\\d+)\r\n.*", "$1");
                var body = length.equals(head) ? "" : peer.read(Integer.parseInt(length));
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }
        }
    };

    private static int size(Peer peer) throws IOException {
        return Integer.parseInt(peer.until("\r\n").strip(), 16);
    }

    private static String random(Random random, int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return new String(bytes, ISO_8859_1);
    }

    @Test
    void bodies_of_any_framing_go_both_ways_unchanged_over_one_connection() throws Exception {
        long seed = System.nanoTime();
        System.out.println("UpstreamProxyTest: seed " + seed);
        var random = new Random(seed);
        try (var client = gateway(ECHO).connect()) {
            for (int length : new int[] {0, 1, 2, 1000, 16 * 1024, 16 * 1024 + 1, 200_000, random.nextInt(300_000)}) {
                var body = random(random, length);
                client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n" + body);
                assertThat(client.head()).contains("Content-Length: " + length + "\r\n");
                assertThat(client.read(length)).isEqualTo(body);
                if (length == 0) {
                    continue; // an empty chunked body is forwarded as a length of 0
                }
                client.send("POST /a HTTP/1.1\r\nHost: h\r\n" + CHUNKED + "\r\n");
                for (int at = 0, piece; at < length; at += piece) {
                    piece = Math.min(length - at, 1 + random.nextInt(50_000));
                    client.send(Integer.toHexString(piece) + "\r\n" + body.substring(at, at + piece) + "\r\n");
                }
                client.send("0\r\n\r\n");
                assertThat(client.head()).contains(CHUNKED);
                assertThat(unchunked(client)).isEqualTo(body);
            }
        }
        // usually one connection; on a slow machine a response may arrive before its request is fully sent, and then
        // its connection is not reused
        assertThat(accepted.get()).isBetween(1, 4);
    }

    private static String unchunked(Peer peer) throws IOException {
        var body = new ByteArrayOutputStream();
        for (int size = size(peer); size > 0; size = size(peer)) {
            body.writeBytes(peer.read(size).getBytes(ISO_8859_1));
            peer.until("\r\n");
        }
        peer.until("\r\n");
        return body.toString(ISO_8859_1);
    }

    @Test
    void responses_without_a_body_leave_the_connection_reusable() throws Exception {
        try (var client = gateway(peer -> {
                    while (true) {
                        var head = peer.head();
                        var path = head.split(" ")[1];
                        peer.send(
                                switch (path) {
                                    case "/head" -> "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n";
                                    case "/204" -> "HTTP/1.1 204 No Content\r\n\r\n";
                                    case "/304" -> "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n";
                                    default ->
                                        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                                                + "HTTP/1.1 100 Continue\r\n\r\n"
                                                + "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1-2/9\r\n"
                                                + "Content-Length: 2\r\n\r\nhi";
                                });
                    }
                })
                .connect()) {
            client.send("HEAD /head HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 ").contains("Content-Length: 77\r\n");
            client.send("GET /204 HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 204 ");
            client.send("GET /304 HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 304 ").contains("ETag: x\r\n");
            client.send("GET /interim HTTP/1.1\r\nHost: h\r\nRange: bytes=1-2\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 206 ").contains("Content-Range: bytes 1-2/9\r\n");
            assertThat(client.read(2)).isEqualTo("hi");
        }
        assertThat(accepted).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
            })
    void a_connection_in_doubt_is_not_reused(String answer) throws Exception {
        try (var client = gateway(peer -> {
                    peer.head();
                    peer.send(answer);
                    peer.rest();
                })
                .connect()) {
            for (int i = 1; i <= 3; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                client.head();
                assertThat(client.read(2)).isEqualTo("hi");
                assertThat(accepted).hasValue(i);
            }
        }
    }

    @Test
    void a_body_that_ends_with_the_connection_is_whole_and_one_that_is_reset_is_cut() throws Exception {
        try (var client = gateway(peer -> {
                    var reset = peer.head().startsWith("GET /reset ");
                    peer.send("HTTP/1.1 200 OK\r\n\r\nhello");
                    if (reset) {
                        peer.until("go"); // the client has received the body so far
                        peer.reset();
                    }
                })
                .connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.head()).contains(CHUNKED);
            assertThat(unchunked(client)).isEqualTo("hello");
        }
        try (var client = gateway.connect()) {
            client.send("GET /reset HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
            client.head();
            client.until("hello");
            client.send("go");
            assertThat(client.restAndEnd()).doesNotContain("0\r\n");
        }
    }

    @Test
    void an_early_response_arrives_and_ends_the_connection_to_the_backend() throws Exception {
        var ended = new CountDownLatch(1);
        try (var client = gateway(peer -> {
                    peer.head();
                    peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                    peer.restAndEnd();
                    ended.countDown();
                })
                .connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345");
            assertThat(client.head()).startsWith("HTTP/1.1 413 ");
            assertThat(client.read(2)).isEqualTo("no");
            // the rest of the request must not come before that: a complete request would leave the connection reusable
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            client.send("67890GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 413 ");
        }
        assertThat(accepted).hasValue(2);
    }

    @Test
    void a_kept_connection_that_the_backend_has_ended_is_not_reused() throws Exception {
        var ended = new AtomicInteger();
        try (var client = gateway(peer -> {
                    peer.head();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                    peer.shutdownOutput();
                    ended.incrementAndGet();
                    peer.restAndEnd();
                })
                .connect()) {
            for (int i = 1; i <= 20; i++) {
                int round = i;
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.head()).startsWith("HTTP/1.1 200 ");
                assertThat(client.read(2)).isEqualTo("hi");
                await().until(() -> ended.get() == round);
            }
        }
    }

    @Test
    void many_at_once_do_not_mix() throws Exception {
        long seed = System.nanoTime();
        System.out.println("UpstreamProxyTest: seed " + seed);
        gateway(ECHO);
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int round = 0; round < 3; round++) {
                var bodies = new ArrayList<byte[]>();
                var answers = new ArrayList<CompletableFuture<byte[]>>();
                for (int i = 0; i < 50; i++) {
                    var body = new byte[50_000];
                    new Random(seed + i).nextBytes(body);
                    bodies.add(body);
                    var request = HttpRequest.newBuilder(gateway.uri("/" + i))
                            .POST(BodyPublishers.ofByteArray(body))
                            .build();
                    answers.add(client.sendAsync(request, BodyHandlers.ofByteArray())
                            .thenApply(answer -> answer.body()));
                }
                for (int i = 0; i < bodies.size(); i++) {
                    assertThat(answers.get(i).get(120, TimeUnit.SECONDS)).isEqualTo(bodies.get(i));
                }
            }
        }
        assertThat(accepted.get()).as("connections").isLessThan(150);
    }

    @Test
    void a_client_that_reads_nothing_blocks_the_backend_and_later_gets_every_byte() throws Exception {
        long all = 64L << 20;
        var written = new AtomicLong();
        var sum = new CRC32();
        try (var client = gateway(peer -> {
                    peer.head();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + all + "\r\n\r\n");
                    var piece = new byte[64 * 1024];
                    var random = new Random(1);
                    while (written.get() < all) {
                        random.nextBytes(piece);
                        sum.update(piece);
                        peer.send(piece);
                        written.addAndGet(piece.length);
                    }
                })
                .connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            client.head();
            // only the buffers of two connections fill; they are full once the number stops growing
            var before = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(500)).until(() -> {
                long now = written.get();
                return before.getAndSet(now) == now && now > 0;
            });
            assertThat(written.get()).isLessThan(all / 2);
            assertThat(sum(client.input(), all)).isEqualTo(sum.getValue());
        }
    }

    private static long sum(InputStream input, long length) throws IOException {
        var sum = new CRC32();
        var bytes = new byte[64 * 1024];
        for (long left = length; left > 0; ) {
            int n = input.read(bytes, 0, (int) Math.min(left, bytes.length));
            assertThat(n).isPositive();
            sum.update(bytes, 0, n);
            left -= n;
        }
        return sum.getValue();
    }
}
