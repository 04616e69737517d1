package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses whose length differs from the announced one, and connections that both sides end at once. */
class CutShortTest extends ForwardingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String ASK = "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n";

    private final BlockingQueue<String> seen = new ArrayBlockingQueue<>(100);

    private String next() throws InterruptedException {
        var event = seen.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(event).as("what the server inside sees").isNotNull();
        return event;
    }

    @Test
    void bytes_beyond_the_announced_length_reach_no_client() throws Exception {
        var evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEvil";
        serve(InsideServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + evil));

        try (var client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(GET).head()).contains("\r\nContent-Length: 5\r\n");
                assertThat(client.read(5)).isEqualTo("hello");
            }
            client.shutdownOutput();
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void a_body_shorter_than_announced_ends_the_clients_connection() throws Exception {
        serve(InsideServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"));

        try (var client = gateway.connect()) {
            assertThat(client.send(GET + GET).head()).contains("\r\nContent-Length: 10\r\n");
            assertThat(client.restAndEnd()).startsWith("hello").doesNotContain("HTTP/1.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgr"})
    void a_client_that_leaves_before_its_upgrade_is_accepted_leaves_nothing_open(String half) throws Exception {
        serve(peer -> {
            peer.head();
            peer.send(half);
            seen.add("asked");
            seen.add(peer.restAndEnd());
        });
        for (boolean resets : new boolean[] {false, true}) {
            try (var client = gateway.connect()) {
                client.send(ASK);
                assertThat(next()).isEqualTo("asked");
                if (resets) {
                    client.reset();
                }
            }
            assertThat(next()).isEqualTo("[end]");
            assertNothingLeft();
        }
    }

    @Test
    void a_server_that_hangs_up_while_it_accepts_an_upgrade_is_a_502() throws Exception {
        serve(InsideServer.answering("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"));

        try (var client = gateway.connect()) {
            assertThat(client.send(ASK).head()).startsWith("HTTP/1.1 502 ");
        }
    }

    @Test
    void a_response_that_breaks_off_while_its_client_closes_leaves_nothing_open() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        serve(peer -> {
            var tunnel = peer.head().contains("Upgrade");
            peer.send(
                    tunnel
                            ? "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\nbegun"
                            : "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun");
            peer.read(1);
            peer.reset();
        });
        for (int round = 0; round < 200; round++) {
            try (var client = gateway.connect()) {
                var tunnel = random.nextBoolean();
                var post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n";
                client.send(tunnel ? ASK : post).until("begun");
                try {
                    client.send("x");
                    for (int i = random.nextInt(50); i > 0; i--) {
                        Thread.yield();
                    }
                    if (random.nextBoolean()) {
                        client.reset();
                    }
                } catch (IOException e) {
                    // the server closed first
                }
            }
        }
        assertNothingLeft();
        assertThat(gateway.thrown()).as("seed %d", seed).isEmpty();
    }
}
