package dev.sandboxer.connect;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class EnvelopeWriterTest {
    private final FlushedOutput output = new FlushedOutput();
    private final EnvelopeWriter writer = new EnvelopeWriter(output);

    @Test
    void a_stream_has_the_protocols_bytes() throws Exception {
        writer.message("{}".getBytes(US_ASCII));
        writer.message("xabcx".getBytes(US_ASCII), 1, 3);
        writer.message(new byte[0]);
        writer.end();

        assertThat(output.flushed()).isEqualTo("00000000027b7d" + "0000000003616263" + "0000000000" + "02000000027b7d");
    }

    @Test
    void a_failed_stream_has_the_protocols_bytes() throws Exception {
        writer.endError(new ConnectError(ConnectCode.ABORTED, "x"));

        var content =
                HexFormat.of().formatHex("{\"error\":{\"code\":\"aborted\",\"message\":\"x\"}}".getBytes(US_ASCII));
        assertThat(output.flushed()).isEqualTo("020000002a" + content);
    }

    @Test
    void every_message_is_flushed_at_once() throws Exception {
        writer.message("a".getBytes(US_ASCII));
        assertThat(output.flushed()).isEqualTo("000000000161");
        writer.message("b".getBytes(US_ASCII));
        assertThat(output.flushed()).isEqualTo("000000000161" + "000000000162");
    }

    @Test
    void nothing_can_be_written_after_the_end() throws Exception {
        writer.end();
        var before = output.flushed();

        assertThatThrownBy(() -> writer.message(new byte[1])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(writer::end).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> writer.endError(new ConnectError(ConnectCode.ABORTED, "")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(output.flushed()).isEqualTo(before);
    }

    @Test
    void a_range_outside_the_array_is_refused_and_nothing_is_written() {
        assertThatThrownBy(() -> writer.message(new byte[3], 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> writer.message(new byte[3], 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(output.flushed()).isEmpty();
    }

    @Test
    void messages_from_several_threads_never_mix() throws Exception {
        int each = 500;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = new ArrayList<Future<?>>();
            for (byte name : new byte[] {1, 2, 3, 4}) {
                done.add(threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        var message = new byte[name * 100];
                        Arrays.fill(message, name);
                        writer.message(message);
                    }
                    return null;
                }));
            }
            for (var task : done) {
                task.get();
            }
        }
        var counts = new int[5];
        var reader = new EnvelopeReader(new ByteArrayInputStream(output.bytes()), 400);
        for (var envelope = reader.next(); envelope != null; envelope = reader.next()) {
            byte name = envelope.content()[0];
            assertThat(envelope.content()).hasSize(name * 100).containsOnly(name);
            counts[name]++;
        }
        assertThat(counts).isEqualTo(new int[] {0, each, each, each, each});
    }

    /** Yields its thread during a write, and returns only flushed bytes. */
    private static final class FlushedOutput extends ByteArrayOutputStream {
        private int flushed;

        @Override
        public void write(byte[] bytes, int offset, int length) {
            for (int i = 0; i < length; i++) {
                write(bytes[offset + i]);
                if (i % 64 == 0) {
                    Thread.yield();
                }
            }
        }

        @Override
        public void flush() {
            flushed = count;
        }

        byte[] bytes() {
            return toByteArray();
        }

        String flushed() {
            return HexFormat.of().formatHex(toByteArray(), 0, flushed);
        }
    }
}
