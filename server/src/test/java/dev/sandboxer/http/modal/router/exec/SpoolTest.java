package dev.sandboxer.http.modal.router.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.http.modal.router.exec.Spool.Retention;
import dev.sandboxer.observe.VirtualThreads;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpoolTest {
    private static final int MIB = 1 << 20;

    private final SpoolSpace space = new SpoolSpace(8L * MIB, 64L * MIB, 32L * MIB);
    private final SpoolSpace.Share share = space.share();

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static byte[] read(Output from, long offset) throws InterruptedException {
        var all = new ByteArrayOutputStream();
        from.transfer(offset, (at, bytes) -> {
            assertThat(at).isEqualTo(offset + all.size());
            all.writeBytes(bytes.toByteArray());
        });
        return all.toByteArray();
    }

    /** Writes bytes in pieces of various lengths, on a thread of its own. */
    private static CompletableFuture<Boolean> write(Spool to, byte[] bytes) {
        var done = new CompletableFuture<Boolean>();
        VirtualThreads.start("writer", () -> {
            try {
                var length = 1;
                for (int at = 0; at < bytes.length; at += length, length = (length * 7 + 1) % 70_001 + 1) {
                    to.append(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + length)));
                }
                to.end();
                done.complete(true);
            } catch (InterruptedException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private Spool commandSpool() {
        return new Spool(share, new Retention(16, 4 * MIB, true));
    }

    @Test
    void everything_can_be_read_late_again_and_from_any_byte() throws Exception {
        var bytes = random(5 * MIB + 12_345);
        var spool = commandSpool();
        write(spool, bytes).get(60, TimeUnit.SECONDS);

        for (int offset : new int[] {
            0,
            1,
            Spool.MEMORY - 1,
            Spool.MEMORY,
            Spool.MEMORY + 1,
            Spool.MEMORY + MIB - 1,
            Spool.MEMORY + MIB,
            bytes.length
        }) {
            assertThat(read(spool, offset)).isEqualTo(Arrays.copyOfRange(bytes, offset, bytes.length));
        }
        assertThatThrownBy(() -> read(spool, bytes.length + 1L)).hasMessageContaining("OUT_OF_RANGE");
    }

    @Test
    void readers_at_different_paces_all_get_everything() throws Exception {
        var bytes = random(12 * MIB);
        var spool = commandSpool();
        var readers = new ArrayList<CompletableFuture<byte[]>>();
        for (int i = 0; i < 4; i++) {
            readers.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return read(spool, 0);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        write(spool, bytes);

        for (CompletableFuture<byte[]> reader : readers) {
            assertThat(reader.get(60, TimeUnit.SECONDS)).isEqualTo(bytes);
        }
    }

    @Test
    void the_writer_waits_at_the_limit_until_there_is_a_reader() throws Exception {
        var bytes = random(50 * MIB);
        var spool = commandSpool();
        var writing = write(spool, bytes);

        await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(30)).until(() -> !writing.isDone());
        assertThat(space.inUse()).isLessThanOrEqualTo(16L * MIB + Spool.MEMORY);
        assertThat(read(spool, 0)).isEqualTo(bytes);
        assertThat(writing.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(space.inUse()).isLessThanOrEqualTo(16L * MIB + Spool.MEMORY);
    }

    @Test
    void a_reader_can_read_the_last_bytes_again_and_is_refused_older_ones() throws Exception {
        var bytes = random(50 * MIB);
        var spool = commandSpool();
        write(spool, bytes);
        read(spool, 0);

        var back = bytes.length - 4 * MIB;
        assertThat(read(spool, back)).isEqualTo(Arrays.copyOfRange(bytes, back, bytes.length));
        assertThatThrownBy(() -> read(spool, 0)).hasMessageContaining("DATA_LOSS");
    }

    @Test
    void a_tail_keeps_the_newest_bytes_and_its_writer_never_waits() throws Exception {
        var bytes = random(20 * MIB);
        var spool = new Spool(share, new Retention(4, 0, false));
        assertThat(write(spool, bytes).get(60, TimeUnit.SECONDS)).isTrue();

        var first = new AtomicLong(-1);
        var all = new ByteArrayOutputStream();
        spool.transfer(0, (at, piece) -> {
            first.compareAndSet(-1, at);
            all.writeBytes(piece.toByteArray());
        });
        assertThat(all.size()).isGreaterThanOrEqualTo(3 * MIB - 1);
        assertThat(first.get()).isEqualTo(bytes.length - all.size());
        assertThat(all.toByteArray()).isEqualTo(Arrays.copyOfRange(bytes, (int) first.get(), bytes.length));
    }

    @Test
    void a_stream_with_a_reader_goes_on_when_others_have_taken_all_space() throws Exception {
        var greedy = List.of(commandSpool(), commandSpool(), commandSpool());
        greedy.forEach(spool -> write(spool, random(20 * MIB)));
        await().atMost(Duration.ofSeconds(30)).until(() -> !share.reserveDisk(MIB)); // until all space is taken
        var bytes = random(20 * MIB);
        var spool = commandSpool();

        var writing = write(spool, bytes);
        assertThat(read(spool, 0)).isEqualTo(bytes);
        assertThat(writing.get(60, TimeUnit.SECONDS)).isTrue();
        greedy.forEach(Spool::free);
    }

    @Test
    void a_writer_that_waits_for_space_goes_on_when_others_free_theirs() throws Exception {
        var first = commandSpool();
        var second = commandSpool();
        var third = commandSpool();
        write(first, random(20 * MIB));
        write(second, random(20 * MIB));
        await().atMost(Duration.ofSeconds(30)).until(() -> space.inUse() >= 28L * MIB);
        var writing = write(third, random(10 * MIB));
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(30)).until(() -> !writing.isDone());

        first.free();
        second.free();
        assertThat(writing.get(60, TimeUnit.SECONDS)).isTrue();
        third.free();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(space.inUse()).isZero());
    }

    @Test
    void without_memory_everything_goes_to_disk() throws Exception {
        var bytes = random(3 * MIB);
        var spool = new Spool(new SpoolSpace(0, 64L * MIB, 32L * MIB).share(), Retention.COMMAND);
        write(spool, bytes).get(60, TimeUnit.SECONDS);

        assertThat(read(spool, 0)).isEqualTo(bytes);
        assertThat(read(spool, 1_234_567)).isEqualTo(Arrays.copyOfRange(bytes, 1_234_567, bytes.length));
    }

    @Test
    void an_interrupted_reader_disturbs_no_other() throws Exception {
        var bytes = random(8 * MIB);
        var spool = commandSpool();
        write(spool, bytes).get(60, TimeUnit.SECONDS);
        var begun = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var reader = VirtualThreads.start("reader", () -> {
            try {
                spool.transfer(0, (at, piece) -> {
                    begun.countDown();
                    Thread.currentThread().interrupt();
                });
            } catch (InterruptedException | RuntimeException e) {
                // expected
            } finally {
                ended.countDown();
            }
        });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        reader.interrupt();

        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(read(spool, 0)).isEqualTo(bytes);
    }

    @Test
    void a_failure_comes_after_everything_that_was_written() throws Exception {
        var spool = commandSpool();
        spool.append(new byte[] {1, 2, 3});
        spool.fail(Status.DATA_LOSS.withDescription("lost").asRuntimeException());

        var all = new ByteArrayOutputStream();
        assertThatThrownBy(() -> spool.transfer(0, (at, piece) -> all.writeBytes(piece.toByteArray())))
                .hasMessageContaining("lost");
        assertThat(all.toByteArray()).containsExactly(1, 2, 3);
    }

    @Test
    void a_freed_spool_is_not_found_and_takes_no_space() throws Exception {
        var spool = commandSpool();
        write(spool, random(3 * MIB)).get(60, TimeUnit.SECONDS);
        spool.free();
        spool.append(new byte[10]);

        assertThat(space.inUse()).isZero();
        assertThatThrownBy(() -> read(spool, 0)).hasMessageContaining("NOT_FOUND");
    }
}
