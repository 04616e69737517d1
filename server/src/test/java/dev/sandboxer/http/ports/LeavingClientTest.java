package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that disconnect at every stage of a request. The server in the sandbox must notice, and nothing may stay open. */
class LeavingClientTest extends ForwardingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nhello";

    /** The events that the server in the sandbox has seen, in order. */
    private final BlockingQueue<String> seen = new ArrayBlockingQueue<>(100);

    enum Leaving {
        CLOSE,
        RESET,
        END;

        void leave(Peer client) throws IOException {
            switch (this) {
                case CLOSE -> client.close();
                case RESET -> client.reset();
                case END -> client.shutdownOutput();
            }
        }
    }

    private String next() throws InterruptedException {
        var event = seen.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(event).as("what the server inside sees").isNotNull();
        return event;
    }

    @ParameterizedTest
    @EnumSource
    void a_client_that_leaves_before_the_response_is_noticed(Leaving how) throws Exception {
        serve(peer -> {
            peer.head();
            seen.add("head");
            seen.add(peer.restAndEnd());
        });
        try (var client = gateway.connect()) {
            client.send(GET);
            assertThat(next()).isEqualTo("head");
            how.leave(client);
            assertThat(next()).isEqualTo("[end]");
            assertNothingLeft();
        }
        assertThat(gateway.thrown()).as("no client is left to answer").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_client_that_leaves_a_silent_stream_is_noticed(Leaving how) throws Exception {
        serve(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\n\r\ndata");
            seen.add(peer.restAndEnd());
        });
        try (var client = gateway.connect()) {
            client.send(GET).until("data");
            how.leave(client);
            assertThat(next()).isEqualTo("[end]");
            assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_client_that_leaves_within_its_body_leaves_no_complete_request(Leaving how) throws Exception {
        serve(peer -> {
            peer.head();
            seen.add(peer.read(5));
            seen.add(peer.restAndEnd());
        });
        for (var request : new String[] {
            POST,
            POST.replace("Content-Length: 1000", "Transfer-Encoding: chunked")
                    .replace("\r\n\r\nhello", "\r\n\r\n5\r\nhello\r\n")
        }) {
            try (var client = gateway.connect()) {
                client.send(request);
                assertThat(next()).isIn("hello", "5\r\nhe");
                how.leave(client);
                assertThat(next()).isIn("[end]", "llo\r\n[end]");
                assertNothingLeft();
            }
        }
        assertThat(gateway.thrown()).isEmpty();
    }

    @Test
    void a_client_that_leaves_during_the_response_is_noticed() throws Exception {
        serve(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\n\r\n");
            try {
                while (true) {
                    peer.send("x".repeat(10_000));
                }
            } catch (IOException e) {
                seen.add("gone");
            }
        });
        try (var client = gateway.connect()) {
            client.send(GET).until("xxx");
        }
        assertThat(next()).isEqualTo("gone");
    }

    @Test
    void a_client_that_reads_nothing_blocks_the_server_and_counts_as_gone_after_the_idle_time_out() throws Exception {
        serve(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\n\r\n");
            try {
                while (true) {
                    peer.send("x".repeat(10_000));
                }
            } catch (IOException e) {
                seen.add("gone");
            }
        });
        gateway.withIdleTimeout(Duration.ofSeconds(1));
        try (var client = gateway.connect()) {
            client.send(GET).until("xxx");
            assertThat(next()).isEqualTo("gone");
            assertNothingLeft();
        }
    }

    @Test
    void a_client_that_sends_its_next_request_early_is_served_in_order() throws Exception {
        var answers = new ArrayBlockingQueue<String>(10);
        serve(peer -> {
            seen.add(peer.head().lines().findFirst().orElseThrow());
            peer.send(answers.take());
        });
        try (var client = gateway.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(next()).startsWith("GET /1 ");
            client.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
            for (int i = 1; i <= 3; i++) {
                answers.add("HTTP/1.1 200 OK\r\nX-Number: " + i + "\r\nContent-Length: 0\r\n\r\n");
                assertThat(client.head()).contains("X-Number: " + i + "\r\n");
            }
        }
        assertThat(seen).hasSize(2);
    }

    @Test
    void many_requests_on_one_connection_are_never_mistaken_for_leaving() throws Exception {
        serve(InsideServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        try (var client = gateway.connect()) {
            for (int i = 0; i < 500; i++) {
                client.send(i % 2 == 0 ? GET : "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
                assertThat(client.head()).as("request %d", i).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(client.read(2)).isEqualTo("ok");
            }
        }
    }

    @Test
    @Tag("campaign")
    void requests_sent_early_at_random_are_all_served_in_order() throws Exception {
        long seed = Long.getLong("soak.seed", System.nanoTime());
        serve(peer -> {
            var path = peer.head().split(" ")[1];
            for (int i = path.hashCode() % 50; i > 0; i--) {
                Thread.yield();
            }
            peer.send("HTTP/1.1 200 OK\r\nX-Path: " + path + "\r\nContent-Length: 0\r\n\r\n");
        });
        int requests = 100;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var clients = new ArrayList<Future<Void>>();
            for (int number = 0; number < 20; number++) {
                var random = new Random(seed + number);
                var client = gateway.connect();
                threads.submit(() -> {
                    var bytes = new StringBuilder();
                    for (int i = 0; i < requests; i++) {
                        bytes.append("GET /").append(i).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
                        while (bytes.length() > 100 || (i == requests - 1 && !bytes.isEmpty())) {
                            int length = Math.min(bytes.length(), random.nextInt(1, 60));
                            client.send(bytes.substring(0, length));
                            bytes.delete(0, length);
                        }
                    }
                    return null;
                });
                clients.add(threads.submit(() -> {
                    try (client) {
                        for (int i = 0; i < requests; i++) {
                            assertThat(client.head()).as("seed %d", seed).contains("\r\nX-Path: /" + i + "\r\n");
                        }
                    }
                    return null;
                }));
            }
            for (var client : clients) {
                client.get();
            }
        }
    }
}
