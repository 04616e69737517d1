package dev.sandboxer.connect;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeReaderTest {
    private static final int MAX_BYTES = 1000;

    @Test
    void a_stream_is_read_envelope_by_envelope() throws Exception {
        var reader = reader("00 00000002 7b7d  00 00000000  02 00000003 616263");

        assertThat(reader.next()).satisfies(envelope -> {
            assertThat(envelope.end()).isFalse();
            assertThat(envelope.content()).asString(US_ASCII).isEqualTo("{}");
        });
        assertThat(reader.next().content()).isEmpty();
        assertThat(reader.next()).satisfies(envelope -> {
            assertThat(envelope.end()).isTrue();
            assertThat(envelope.content()).asString(US_ASCII).isEqualTo("abc");
        });
        assertThat(reader.next()).isNull();
    }

    @Test
    void nothing_is_read_beyond_the_last_envelope() throws Exception {
        var input = bytes("02 00000000  ff ffffffff");
        var reader = new EnvelopeReader(input, MAX_BYTES);

        assertThat(reader.next().end()).isTrue();
        assertThat(reader.next()).isNull();
        assertThat(input.available()).isEqualTo(5);
    }

    @Test
    void a_message_may_be_as_long_as_the_limit_but_not_longer() throws Exception {
        var longest = new SequenceInputStream(bytes("00 000003e8"), new ByteArrayInputStream(new byte[MAX_BYTES]));
        assertThat(new EnvelopeReader(longest, MAX_BYTES).next().content()).hasSize(MAX_BYTES);

        var input = new SequenceInputStream(bytes("00 000003e9"), new Unreadable());
        refuses(new EnvelopeReader(input, MAX_BYTES), ConnectCode.RESOURCE_EXHAUSTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7fffffff", "80000000", "ffffffff", "80000001"})
    void a_hostile_length_is_refused_before_the_content_is_read(String length) {
        var input = new SequenceInputStream(bytes("00" + length), new Unreadable());

        refuses(new EnvelopeReader(input, MAX_BYTES), ConnectCode.RESOURCE_EXHAUSTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01", "03", "81", "04", "06", "80", "82", "ff", "40", "10"})
    void compressed_and_unknown_envelopes_are_refused(String flags) {
        refuses(reader(flags + "00000002 7b7d"), ConnectCode.INVALID_ARGUMENT);
    }

    @Test
    void an_end_at_any_byte_within_an_envelope_is_an_error() throws Exception {
        var whole = HexFormat.of().parseHex("00000000027b7d0000000003616263");
        for (int length = 0; length <= whole.length; length++) {
            var reader = new EnvelopeReader(new ByteArrayInputStream(whole, 0, length), MAX_BYTES);
            if (length >= 7) {
                assertThat(reader.next().content()).asString(US_ASCII).isEqualTo("{}");
            }
            if (length == whole.length) {
                assertThat(reader.next().content()).hasSize(3);
            }
            if (length == 0 || length == 7 || length == whole.length) {
                assertThat(reader.next()).as("after %d bytes", length).isNull();
            } else {
                refuses(reader, ConnectCode.INVALID_ARGUMENT);
            }
        }
    }

    @Test
    void an_announced_length_that_never_arrives_costs_no_memory() {
        var input = new SequenceInputStream(bytes("00 40000000"), new ByteArrayInputStream(new byte[100_000]));
        var reader = new EnvelopeReader(input, Integer.MAX_VALUE);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        refuses(reader, ConnectCode.INVALID_ARGUMENT);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
    }

    @Test
    void a_failure_of_the_input_is_passed_on() {
        var reader = new EnvelopeReader(new SequenceInputStream(bytes("00 00000004 7b"), new Unreadable()), MAX_BYTES);

        assertThatThrownBy(reader::next).isInstanceOf(IOException.class).hasMessage("reset");
    }

    private static void refuses(EnvelopeReader reader, ConnectCode code) {
        var refusal = catchThrowableOfType(ConnectException.class, reader::next);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(code);
    }

    private static EnvelopeReader reader(String hex) {
        return new EnvelopeReader(bytes(hex), MAX_BYTES);
    }

    private static ByteArrayInputStream bytes(String hex) {
        return new ByteArrayInputStream(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    /** A peer that reset the connection. */
    private static final class Unreadable extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("reset");
        }
    }
}
