package dev.sandboxer.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random streams, read in random pieces. A failure's message has the seed; repeat it with {@code -Dsoak.seed}. {@code -Dsoak.scale}
 * multiplies the number of rounds.
 */
@Tag("campaign")
class EnvelopeFuzzTest {
    private static final int MAX_BYTES = 100_000;
    private static final int SCALE = Integer.getInteger("soak.scale", 1);

    private long seed;
    private SplittableRandom random;

    @BeforeEach
    void seed() {
        seed = Long.getLong("soak.seed", System.nanoTime());
        random = new SplittableRandom(seed);
    }

    @Test
    void a_stream_is_read_back_however_it_is_split() throws Exception {
        for (int round = 0; round < 300 * SCALE; round++) {
            var messages = messages();
            var reader = reader(written(messages));
            for (var message : messages) {
                assertThat(reader.next().content()).as("seed %d", seed).isEqualTo(message);
            }
            assertThat(reader.next().end()).as("seed %d", seed).isTrue();
            assertThat(reader.next()).as("seed %d", seed).isNull();
        }
    }

    @Test
    void a_stream_cut_anywhere_never_looks_complete() throws Exception {
        for (int round = 0; round < 300 * SCALE; round++) {
            var whole = written(messages());
            var cut = new byte[random.nextInt(whole.length)];
            System.arraycopy(whole, 0, cut, 0, cut.length);

            assertThat(outcome(cut).ended()).as("seed %d", seed).isFalse();
        }
    }

    @Test
    void a_damaged_stream_ends_and_never_yields_more_than_was_sent() throws Exception {
        for (int round = 0; round < 2000 * SCALE; round++) {
            var bytes = random.nextBoolean() ? written(messages()) : noise();
            for (int damages = random.nextInt(1, 5); damages > 0; damages--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(outcome(bytes).contentBytes()).as("seed %d", seed).isLessThanOrEqualTo(bytes.length);
        }
    }

    private record Outcome(boolean ended, long contentBytes) {}

    /** Reads to the last envelope, the end of the input, or a refusal with one of two codes. */
    private Outcome outcome(byte[] bytes) throws IOException {
        var reader = reader(bytes);
        boolean ended = false;
        long contentBytes = 0;
        try {
            for (var envelope = reader.next(); envelope != null; envelope = reader.next()) {
                assertThat(ended).as("seed %d", seed).isFalse();
                ended = envelope.end();
                contentBytes += envelope.content().length;
            }
        } catch (ConnectException e) {
            assertThat(e.code()).as("seed %d", seed).isIn(ConnectCode.INVALID_ARGUMENT, ConnectCode.RESOURCE_EXHAUSTED);
        }
        return new Outcome(ended, contentBytes);
    }

    private EnvelopeReader reader(byte[] bytes) {
        return new EnvelopeReader(
                new TricklingInput(new ByteArrayInputStream(bytes), random, random.nextInt(1, 5000)), MAX_BYTES);
    }

    private List<byte[]> messages() {
        var messages = new ArrayList<byte[]>();
        for (int count = random.nextInt(6); count > 0; count--) {
            var message = new byte[random.nextInt(random.nextInt(10) == 0 ? MAX_BYTES + 1 : 50)];
            random.nextBytes(message);
            messages.add(message);
        }
        return messages;
    }

    private byte[] written(List<byte[]> messages) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var writer = new EnvelopeWriter(bytes);
        for (var message : messages) {
            writer.message(message);
        }
        if (random.nextBoolean()) {
            writer.end();
        } else {
            writer.endError(new ConnectError(ConnectCode.ABORTED, "seed " + seed));
        }
        return bytes.toByteArray();
    }

    private byte[] noise() {
        var noise = new byte[random.nextInt(1, 200)];
        random.nextBytes(noise);
        return noise;
    }
}
