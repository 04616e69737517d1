package dev.sandboxer.http.ports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Bodies that are streamed in both directions. */
class StreamingTest extends ForwardingTest {
    private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

    private final Semaphore turn = new Semaphore(0);

    private void awaitTurn() throws InterruptedException {
        assertThat(turn.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("the other side has finished its turn")
                .isTrue();
    }

    /** Sends bytes back as they arrive, in chunks. */
    private void echo() throws Exception {
        serve(peer -> {
            var head = peer.head();
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            var body = new RequestBody(peer, head);
            for (var piece = body.next(); piece != null; piece = body.next()) {
                peer.send(Integer.toHexString(piece.length) + "\r\n")
                        .send(piece)
                        .send("\r\n");
            }
            peer.send("0\r\n\r\n");
        });
    }

    @Test
    void events_arrive_one_by_one() throws Exception {
        serve(peer -> {
            peer.head();
            peer.send(STREAM);
            for (int i = 0; i < 5; i++) {
                awaitTurn();
                peer.send("data: " + i + "\n\n");
            }
        });
        try (var client = HttpClient.newHttpClient()) {
            var response = client.send(HttpRequest.newBuilder(gateway.uri("/")).build(), BodyHandlers.ofInputStream());
            try (var events = response.body()) {
                for (int i = 0; i < 5; i++) {
                    turn.release();
                    assertThat(new String(events.readNBytes(9), UTF_8)).isEqualTo("data: " + i + "\n\n");
                }
                assertThat(events.read()).isNegative();
            }
        }
    }

    @Test
    void bodies_of_known_and_unknown_length_arrive_whole() throws Exception {
        echo();
        var body = "0123456789".repeat(20_000);
        try (var client = HttpClient.newHttpClient()) {
            for (var publisher : new HttpRequest.BodyPublisher[] {
                BodyPublishers.ofString(body),
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(UTF_8))),
                BodyPublishers.noBody(),
                BodyPublishers.ofString("")
            }) {
                var response = client.send(
                        HttpRequest.newBuilder(gateway.uri("/")).POST(publisher).build(), BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).isEqualTo(publisher.contentLength() == 0 ? "" : body);
            }
        }
        inside.check();
    }

    @Test
    void a_body_is_forwarded_while_it_is_sent_and_may_be_answered_early() throws Exception {
        echo();
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.head();
            for (var word : new String[] {"one", "two", "six"}) {
                client.send("3\r\n" + word + "\r\n");
                assertThat(client.until(word)).endsWith("3\r\n" + word);
            }
            client.send("0\r\n\r\n");
            assertThat(client.until("0\r\n\r\n")).isEqualTo("\r\n0\r\n\r\n");
        }
    }

    @Test
    void a_client_that_expects_100_continue_gets_it() throws Exception {
        serve(peer -> {
            var head = peer.head();
            assertThat(head).doesNotContainIgnoringCase("expect").contains("Content-Length: 5\r\n");
            assertThat(peer.read(5)).isEqualTo("hello");
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("hello").head()).startsWith("HTTP/1.1 200 OK\r\n");
        }
        inside.check();
    }

    @Test
    void a_server_may_answer_without_reading_the_body_and_the_client_may_still_send_it() throws Exception {
        serve(InsideServer.answering("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"));
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\nx");
            assertThat(client.head()).startsWith("HTTP/1.1 413 ");
            assertThat(client.read(2)).isEqualTo("no");
            client.send("y".repeat(9_999_999));
            client.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.head()).as("on the same connection").startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void a_client_that_keeps_sending_long_after_the_response_loses_its_connection() throws Exception {
        serve(InsideServer.answering("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"));
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\nx");
            assertThat(client.head()).startsWith("HTTP/1.1 413 ");
            assertThat(client.restAndEnd()).startsWith("no");
        }
    }

    @Test
    void silence_for_longer_than_the_servers_idle_time_out_ends_nothing() throws Exception {
        var late = new CountDownLatch(1);
        serve(peer -> {
            peer.head();
            late.await();
            peer.send(STREAM);
            awaitTurn();
            peer.send("end");
        });
        gateway.withIdleTimeout(Duration.ofMillis(300));
        try (var client = HttpClient.newHttpClient()) {
            var answer =
                    client.sendAsync(HttpRequest.newBuilder(gateway.uri("/")).build(), BodyHandlers.ofInputStream());
            letTimeOutsPass();
            late.countDown();
            try (var body = answer.get().body()) {
                letTimeOutsPass();
                turn.release();
                assertThat(new String(body.readAllBytes(), UTF_8)).isEqualTo("end");
            }
        }
    }

    @Test
    void a_client_may_pause_within_its_body_for_longer_than_the_idle_time_out() throws Exception {
        echo();
        gateway.withIdleTimeout(Duration.ofMillis(300));
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\none");
            client.until("one");
            letTimeOutsPass();
            client.send("two");
            assertThat(client.until("0\r\n\r\n")).isEqualTo("\r\n3\r\ntwo\r\n0\r\n\r\n");
        }
    }
}
