package dev.sandboxer.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.http.Timeouts;
import dev.sandboxer.server.it.harness.ConnectStream;
import dev.sandboxer.server.it.harness.LiveServer;
import dev.sandboxer.server.it.harness.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that begin a request and don't finish it. */
class HalfOpenIT {
    @RegisterExtension
    static final LiveServer server = new LiveServer(
            new Timeouts(Duration.ofMillis(1200), Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofMillis(300)),
            Duration.ofSeconds(1));

    private static String upload() {
        return "POST /files?path=/tmp/half HTTP/1.1\r\n" + server.sandbox().headers()
                + "Content-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nhalf";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "GET /sandboxes HTTP/1.1\r\nHost: h\r\nX-A", "PRI * HTTP/2.0\r\n\r\nSM"})
    void a_client_that_falls_silent_within_its_head_is_closed_while_others_are_served(String beginning)
            throws IOException {
        try (var silent = server.connect()) {
            silent.send(beginning);
            server.serves(server.sandbox());
            assertThat(silent.rest()).doesNotContain("200 OK");
        }
    }

    @Test
    void a_head_that_arrives_byte_by_byte_is_closed_after_its_time() throws Exception {
        try (var client = server.connect()) {
            client.send("GET /healthz HTTP/1.1\r\nHost: h\r\nX-Drip: ");
            var closed = new CountDownLatch(1);
            var dripping = Thread.ofVirtual().start(() -> drip(client, closed));

            assertThat(client.rest()).isEmpty();

            closed.countDown();
            dripping.join();
            server.serves(server.sandbox());
        }
    }

    /** Sends a byte every 100 ms, so that the client is never silent. */
    private static void drip(Wire client, CountDownLatch closed) {
        try {
            while (!closed.await(100, TimeUnit.MILLISECONDS)) {
                client.send("x");
            }
        } catch (IOException | InterruptedException e) {
            // the server has closed the connection, as expected
        }
    }

    @Test
    void heads_that_arrive_in_time_are_served_however_long_a_connection_lasts() throws Exception {
        try (var client = server.connect()) {
            for (int i = 0; i < 15; i++) {
                client.send("GET /healthz HTTP/1.1\r\nHo");
                TimeUnit.MILLISECONDS.sleep(80); // a slow client within the limit
                assertThat(client.send("st: h\r\n\r\n").answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void half_a_body_that_is_held_in_memory_is_answered_408() throws IOException {
        try (var client = server.connect()) {
            client.send("POST /sandboxes HTTP/1.1\r\nHost: h\r\nX-API-Key: " + server.key()
                    + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"tem");
            server.serves(server.sandbox());
            assertThat(client.answer().status()).isEqualTo(408);
            client.rest();
        }
    }

    @Test
    void half_a_message_of_a_stream_fails_it() throws IOException {
        try (var client = server.connect()) {
            client.send(server.sandbox().post("process.Process/Start", ConnectStream.TYPE)
                    + "Content-Length: 1000\r\n\r\n\0\0\0\1\0{");
            server.serves(server.sandbox());
            assertThat(client.answer().body()).contains("\"code\":\"deadline_exceeded\"");
            client.rest();
        }
        assertThat(server.sandbox().processes()).isEmpty();
    }

    @Test
    void a_client_that_closes_its_output_is_still_answered() throws IOException {
        var stat = "{\"path\":\"/tmp\"}";
        try (var client = server.connect()) {
            client.send(server.sandbox().post("filesystem.Filesystem/Stat", "application/json") + "Content-Length: "
                            + stat.length() + "\r\n\r\n" + stat)
                    .shutdownOutput();
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void half_an_upload_is_answered_408_and_leaves_no_file() throws IOException {
        try (var client = server.connect()) {
            client.send(upload());
            server.serves(server.sandbox());
            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.rest()).isEmpty();
        }
        try (var client = server.connect()) {
            client.send(upload()).shutdownOutput();
            assertThat(client.rest()).doesNotContain("200 OK").doesNotContain(" 500 ");
        }
        assertThat(server.sandbox().run("ls -A /tmp")).isEmpty();
    }

    @Test
    void a_refusal_does_not_wait_for_the_body() throws IOException {
        var refused = new ArrayList<Integer>();
        for (String request : new String[] {
            upload().replace(server.sandbox().token(), "wrong"),
            upload().replace("/files", "/nothing"),
            "POST /sandboxes HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{",
        }) {
            try (var client = server.connect()) {
                // the connection ends only after the server has waited for the body
                refused.add(client.send(request).answer().status());
                assertThat(client.rest()).isEmpty();
            }
        }
        assertThat(refused).containsExactly(401, 404, 401);
    }

    @Test
    void a_client_that_sends_its_refused_body_to_the_end_can_reuse_the_connection() throws IOException {
        try (var client = server.connect()) {
            client.send("POST /sandboxes HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n");
            assertThat(client.send(new byte[5_000_000]).answer().status()).isEqualTo(401);
            assertThat(client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_client_that_expects_100_continue_is_refused_without_it() throws IOException {
        try (var client = server.connect()) {
            client.send("POST /sandboxes HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(401);
            assertThat(client.rest()).isEmpty();
        }
    }
}
