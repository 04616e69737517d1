package dev.sandboxer.http.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Large bodies, and many clients at once. */
class VolumeTest extends ForwardingTest {
    private static final int MUCH = 100_000_000;

    /** Pseudo-random bytes, generated as they are read. The same seed always gives the same bytes. */
    private static final class Generated extends InputStream {
        private final SplittableRandom random;
        private final CRC32 sum = new CRC32();
        private int remaining;

        Generated(long seed, int length) {
            this.random = new SplittableRandom(seed);
            this.remaining = length;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (remaining == 0) {
                return -1;
            }
            int count = Math.min(Math.min(length, remaining), 8192);
            var some = new byte[count];
            random.nextBytes(some);
            System.arraycopy(some, 0, bytes, offset, count);
            sum.update(some);
            remaining -= count;
            return count;
        }
    }

    private static long sum(InputStream input) throws IOException {
        var sum = new CRC32();
        var bytes = new byte[64 * 1024];
        for (int length = input.read(bytes); length >= 0; length = input.read(bytes)) {
            sum.update(bytes, 0, length);
        }
        return sum.getValue();
    }

    @Test
    void a_hundred_megabytes_go_through_both_ways_at_once_and_stay_in_order() throws Exception {
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
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + MUCH + "\r\n\r\n");
            var sent = new Generated(1, MUCH);
            var upload = Thread.ofVirtual().start(() -> {
                try {
                    sent.transferTo(client.output());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            var received = new CRC32();
            var body = new RequestBody(client, client.head());
            for (var piece = body.next(); piece != null; piece = body.next()) {
                received.update(piece);
            }
            upload.join();
            assertThat(received.getValue()).isEqualTo(sent.sum.getValue());
        }
        inside.check();
    }

    @Test
    void a_client_that_sends_everything_before_it_reads_gets_a_hundred_megabytes() throws Exception {
        serve(peer -> {
            var head = peer.head();
            var sum = new CRC32();
            var body = new RequestBody(peer, head);
            for (var piece = body.next(); piece != null; piece = body.next()) {
                sum.update(piece);
            }
            peer.send("HTTP/1.1 200 OK\r\nX-Sum: " + sum.getValue() + "\r\nContent-Length: " + MUCH + "\r\n\r\n");
            new Generated(2, MUCH).transferTo(peer.output());
        });
        var sent = new Generated(1, MUCH);
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(gateway.uri("/"))
                    .POST(BodyPublishers.ofInputStream(() -> sent))
                    .build();
            var response = client.send(request, BodyHandlers.ofInputStream());
            assertThat(response.headers().firstValueAsLong("X-Sum")).hasValue(sent.sum.getValue());
            try (var body = response.body()) {
                assertThat(sum(body)).isEqualTo(sum(new Generated(2, MUCH)));
            }
        }
    }

    @Test
    void bytes_that_one_side_does_not_read_are_not_buffered_without_limit() throws Exception {
        var taken = new CompletableFuture<Void>();
        var sent = new AtomicLong();
        serve(peer -> {
            peer.head();
            taken.get();
            assertThat(sum(peer.input())).isNotZero();
        });
        try (var client = gateway.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + MUCH + "\r\n\r\n");
            var upload = Thread.ofVirtual().start(() -> {
                try {
                    var piece = new byte[64 * 1024];
                    for (int i = 0; i < MUCH / piece.length; i++) {
                        client.send(piece);
                        sent.addAndGet(piece.length);
                    }
                } catch (IOException e) {
                    sent.set(-1);
                }
            });
            stalls(sent);
            assertThat(sent.get()).as("bytes in the sockets' buffers and ours").isBetween(0L, 40_000_000L);
            taken.complete(null);
            upload.join();
            assertThat(sent.get()).isPositive();
        }
    }

    /** Waits until a number hasn't changed for a second. */
    private static void stalls(AtomicLong number) {
        long[] before = {-1};
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
            boolean same = before[0] == number.get();
            before[0] = number.get();
            return same;
        });
    }

    @Test
    void two_hundred_clients_at_once_each_get_their_own_response() throws Exception {
        serve(peer -> {
            var head = peer.head();
            var path = head.substring(4, head.indexOf(' ', 4));
            var body = path.repeat(1 + path.hashCode() % 7 & 7);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        });
        try (var client = HttpClient.newHttpClient();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 200; i++) {
                var path = "/" + i;
                answers.add(CompletableFuture.runAsync(
                        () -> {
                            for (int round = 0; round < 5; round++) {
                                var request = HttpRequest.newBuilder(gateway.uri(path))
                                        .build();
                                try {
                                    var body = client.send(request, BodyHandlers.ofString())
                                            .body();
                                    assertThat(body).isEqualTo(path.repeat(1 + path.hashCode() % 7 & 7));
                                } catch (IOException | InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            }
                        },
                        threads));
            }
            answers.forEach(CompletableFuture::join);
        }
        inside.check();
    }
}
