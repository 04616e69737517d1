package dev.sandboxer.e2b.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.sandboxer.e2b.BrokenCloud;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Data that has arrived can be read, even if the connection breaks afterwards. */
@Timeout(60)
class ResponseBodyStreamTest {
    private final ResponseBodyStream body = new ResponseBodyStream();
    private final Upstream upstream = new Upstream();

    /** The connection's side: counts requested pieces. */
    private static final class Upstream implements Subscription {
        private long pieces;
        private boolean cancelled;

        @Override
        public void request(long n) {
            pieces += n;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private static ByteBuffer bytes(int... values) {
        var buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    @Test
    void data_that_arrived_before_the_connection_broke_is_read_first() throws Exception {
        body.onSubscribe(upstream);
        body.onNext(List.of(bytes(1, 2), bytes(), bytes(3)));
        body.onError(new IOException("reset"));

        assertThat(body.readNBytes(3)).containsExactly(1, 2, 3);
        assertThatIOException().isThrownBy(body::read).withMessage("reset");
        assertThatIOException().as("and again").isThrownBy(body::read).withMessage("reset");
    }

    @Test
    void a_broken_connection_does_not_drop_buffered_data() throws Exception {
        var chunk = "2710\r\n" + "0123456789".repeat(1_000) + "\r\n";
        var answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk.repeat(20) + "10\r\n";
        try (var cloud = new BrokenCloud(answer, true);
                var calls = new HttpCalls(Timeouts.DEFAULT);
                var cut = calls.open(HttpCalls.request(cloud.url() + "/"), Duration.ofSeconds(30))
                        .body()) {
            assertThat(readUntilBroken(cut)).isEqualTo(200_000);
        }
    }

    /** Reads a byte at a time, so that the connection breaks before the reader is done. */
    private static int readUntilBroken(InputStream cut) {
        var count = 0;
        try {
            while (cut.read() >= 0) {
                count++;
            }
        } catch (IOException e) {
            return count;
        }
        throw new AssertionError("the cut answer ended like a whole one");
    }

    @Test
    void the_next_piece_is_requested_when_the_last_is_taken() throws Exception {
        body.onSubscribe(upstream);
        assertThat(upstream.pieces).isEqualTo(1);

        body.onNext(List.of(bytes(255)));
        assertThat(upstream.pieces).isEqualTo(1);
        assertThat(body.read()).isEqualTo(255);
        assertThat(upstream.pieces).isEqualTo(2);
    }

    @Test
    void a_whole_body_ends_once_and_for_all() throws Exception {
        body.onSubscribe(upstream);
        body.onNext(List.of(bytes(7)));
        body.onComplete();

        assertThat(body.readAllBytes()).containsExactly(7);
        assertThat(body.read()).isEqualTo(-1);
        assertThat(body.read(new byte[4], 0, 4)).isEqualTo(-1);
    }

    @Test
    void closing_ends_the_transfer_and_wakes_the_reader() throws Exception {
        body.onSubscribe(upstream);
        var reading = CompletableFuture.supplyAsync(() -> readUntilBroken(body));

        body.close();

        assertThat(reading.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(upstream.cancelled).isTrue();
        assertThatIOException().isThrownBy(body::read).withMessage("closed");
    }

    @Test
    void a_response_that_begins_after_closing_is_cancelled() {
        body.close();
        body.onSubscribe(upstream);
        assertThat(upstream.cancelled).isTrue();
        assertThat(upstream.pieces).isZero();
    }

    @Test
    void an_interrupt_ends_a_wait() throws InterruptedException, ExecutionException {
        body.onSubscribe(upstream);
        var outcome = new CompletableFuture<String>();
        var reader = Thread.ofVirtual().start(() -> {
            try {
                outcome.complete("read " + body.read());
            } catch (InterruptedIOException e) {
                outcome.complete("interrupted " + Thread.currentThread().isInterrupted());
            } catch (IOException e) {
                outcome.completeExceptionally(e);
            }
        });

        reader.interrupt();

        assertThat(outcome.get()).isEqualTo("interrupted true");
    }
}
