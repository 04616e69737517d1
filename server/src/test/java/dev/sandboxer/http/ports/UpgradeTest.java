package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that change to another protocol. */
class UpgradeTest extends ForwardingTest {
    private static final String ASK = "GET /up HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n";
    private static final String AGREE =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\nX-More: 1\r\n\r\n";

    private final BlockingQueue<String> seen = new ArrayBlockingQueue<>(100);

    private String next() throws InterruptedException {
        var event = seen.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(event).as("what the other side sees").isNotNull();
        return event;
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                seen.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            seen.add("closed " + status);
            return null;
        }
    }

    @Test
    void a_web_socket_works_both_ways_until_it_is_closed() throws Exception {
        serve(new WebSocketServer());
        try (var client = HttpClient.newHttpClient()) {
            var uri = URI.create(gateway.uri("/ws?x=y").toString().replace("http:", "ws:"));
            var socket =
                    client.newWebSocketBuilder().buildAsync(uri, new Listener()).get(1, TimeUnit.MINUTES);
            for (var message : new String[] {"hello", "", "long ".repeat(40_000), "bye"}) {
                socket.sendText(message, true).get(1, TimeUnit.MINUTES);
                assertThat(next()).isEqualTo(message);
            }
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(1, TimeUnit.MINUTES);
            assertThat(next()).isEqualTo("closed 1000");
        }
        inside.check();
    }

    @Test
    void the_upgrade_request_and_its_response_pass_with_all_headers() throws Exception {
        serve(peer -> {
            seen.add(peer.head());
            peer.send(AGREE);
        });
        try (var client = gateway.connect()) {
            var head = client.send(ASK).head();
            assertThat(head)
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .contains("\r\nConnection: Upgrade\r\n", "\r\nUpgrade: raw\r\n", "\r\nX-More: 1\r\n")
                    .doesNotContain("Content-Length", "Transfer-Encoding");
            assertThat(client.rest()).isEmpty();
        }
        assertThat(next())
                .startsWith("GET /up HTTP/1.1\r\n")
                .contains("\r\nConnection: Upgrade\r\n", "\r\nUpgrade: raw\r\n", "\r\nHost: " + Gateway.HOST + "\r\n");
    }

    @Test
    void bytes_that_come_early_are_not_lost_on_either_side() throws Exception {
        serve(peer -> {
            peer.head();
            peer.send(AGREE + "welcome");
            seen.add(peer.rest());
            peer.send(", bye");
        });
        try (var client = gateway.connect()) {
            client.send(ASK + "impatient ").send("client");
            client.head();
            client.shutdownOutput();
            assertThat(next()).isEqualTo("impatient client");
            assertThat(client.rest()).isEqualTo("welcome, bye");
        }
    }

    @Test
    void bytes_sent_before_the_server_accepts_are_not_lost() throws Exception {
        var agreed = new CountDownLatch(1);
        serve(peer -> {
            peer.head();
            seen.add("head");
            agreed.await();
            peer.send(AGREE);
            seen.add(peer.read(9));
        });
        try (var client = gateway.connect()) {
            client.send(ASK);
            assertThat(next()).isEqualTo("head");
            client.send("impatient");
            agreed.countDown();
            client.head();
            assertThat(next()).isEqualTo("impatient");
        }
    }

    @Test
    void one_direction_may_end_before_the_other() throws Exception {
        serve(peer -> {
            peer.head();
            peer.send(AGREE + "first").shutdownOutput();
            seen.add(peer.rest());
        });
        try (var client = gateway.connect()) {
            client.send(ASK).head();
            assertThat(client.rest()).isEqualTo("first");
            client.send("second").shutdownOutput();
            assertThat(next()).isEqualTo("second");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_reset_on_one_side_becomes_a_reset_on_the_other(boolean clientResets) throws Exception {
        var go = new CountDownLatch(1);
        serve(peer -> {
            peer.head();
            peer.send(AGREE + "x");
            if (clientResets) {
                seen.add(peer.restAndEnd());
            } else {
                go.await();
                peer.reset();
            }
        });
        try (var client = gateway.connect()) {
            client.send(ASK).until("x");
            if (clientResets) {
                client.reset();
                assertThat(next()).startsWith("[");
            } else {
                go.countDown();
                assertThat(client.restAndEnd()).isEqualTo("[reset]");
            }
            assertNothingLeft();
        }
    }

    @Test
    void a_side_that_does_not_read_blocks_the_other() throws Exception {
        var sent = new AtomicLong();
        var read = new CountDownLatch(1);
        serve(peer -> {
            peer.head();
            peer.send(AGREE);
            read.await();
            seen.add(Long.toString(peer.rest().length()));
        });
        try (var client = gateway.connect()) {
            client.send(ASK).head();
            int pieces = 1000;
            var piece = new byte[64 * 1024];
            var upload = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < pieces; i++) {
                        client.send(piece);
                        sent.addAndGet(piece.length);
                    }
                    client.shutdownOutput();
                } catch (IOException e) {
                    sent.set(-1);
                }
            });
            var before = new AtomicLong(-1);
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> before.getAndSet(sent.get()) == sent.get());
            assertThat(sent.get()).isBetween(0L, 40_000_000L);
            read.countDown();
            upload.join();
            assertThat(next()).isEqualTo(Long.toString((long) pieces * piece.length));
        }
    }

    @Test
    void silence_for_longer_than_the_idle_time_out_ends_no_tunnel() throws Exception {
        serve(peer -> {
            peer.head();
            peer.send(AGREE);
            peer.send(peer.read(4));
        });
        gateway.withIdleTimeout(Duration.ofMillis(300));
        try (var client = gateway.connect()) {
            client.send(ASK).head();
            letTimeOutsPass();
            client.send("ping");
            assertThat(client.rest()).isEqualTo("ping");
        }
    }

    @Test
    void a_refused_upgrade_is_an_ordinary_response_and_the_connection_stays_usable() throws Exception {
        serve(InsideServer.answering("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno"));
        try (var client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(ASK).head()).startsWith("HTTP/1.1 426 ");
                assertThat(client.read(2)).isEqualTo("no");
            }
        }
    }

    @Test
    void a_body_before_the_upgrade_arrives_before_the_tunnels_bytes() throws Exception {
        serve(peer -> {
            seen.add(peer.head());
            seen.add(peer.read(4));
            peer.send(AGREE);
            seen.add(peer.rest());
        });
        try (var client = gateway.connect()) {
            client.send("POST /exec HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                    + "Content-Length: 4\r\n\r\nbodytunnel");
            client.head();
            client.shutdownOutput();
            assertThat(next()).contains("\r\nUpgrade: tcp\r\n", "\r\nContent-Length: 4\r\n");
            assertThat(next()).isEqualTo("body");
            assertThat(next()).isEqualTo("tunnel");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: H2C\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            })
    void http2_and_incomplete_upgrades_are_not_forwarded(String request) throws Exception {
        serve(peer -> {
            seen.add(peer.head());
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        try (var client = gateway.connect()) {
            var head = client.send(request).head();
            if (head.startsWith("HTTP/1.1 400 ")) {
                assertThat(seen).isEmpty();
                return;
            }
            assertThat(head).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(next()).contains("\r\nConnection: close\r\n").doesNotContainIgnoringCase("upgrade");
        }
    }

    @Test
    void a_client_that_leaves_during_the_upgrade_leaves_nothing_open() throws Exception {
        serve(peer -> {
            peer.head();
            seen.add("head");
            peer.send(AGREE);
            peer.restAndEnd();
        });
        for (int i = 0; i < 100; i++) {
            try (var client = gateway.connect()) {
                client.send(ASK);
                if (i % 2 == 0) {
                    next();
                    client.reset();
                } else {
                    client.head();
                    next();
                }
            }
        }
    }
}
