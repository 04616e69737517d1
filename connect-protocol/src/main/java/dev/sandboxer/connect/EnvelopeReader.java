package dev.sandboxer.connect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a stream of envelopes from an untrusted peer. Not thread-safe. */
public final class EnvelopeReader {
    private static final int FIRST_STEP = 8 * 1024;

    private final InputStream input;
    private final int maxBytes;
    private boolean ended;

    /** @param maxBytes the longest content that is accepted, in bytes */
    public EnvelopeReader(InputStream input, int maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes);
        }
        this.input = input;
        this.maxBytes = maxBytes;
    }

    /**
     * Reads the next envelope. Returns null at the end of the input between two envelopes, and after the last envelope, without reading
     * what follows. A null before the last envelope means that the stream was cut; a client must not treat it as success.
     *
     * <p>Needs at most twice the memory of the bytes that have arrived, plus 8 KiB, whatever length is announced. After a failure the
     * reader can't be used any more.
     *
     * @throws ConnectException {@code RESOURCE_EXHAUSTED} when the announced content is too long; {@code INVALID_ARGUMENT} when the input
     *     ends within the envelope, or the envelope is compressed or has unknown flags
     * @throws IOException when the input fails
     */
    public @Nullable Envelope next() throws IOException {
        if (ended) {
            return null;
        }
        var header = input.readNBytes(Envelope.HEADER_BYTES);
        if (header.length == 0) {
            return null;
        }
        if (header.length < Envelope.HEADER_BYTES) {
            throw truncated(header.length, Envelope.HEADER_BYTES, "head");
        }
        int flags = header[0];
        check(flags);
        long length = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(1));
        if (length > maxBytes) {
            throw new ConnectException(
                    ConnectCode.RESOURCE_EXHAUSTED,
                    "a message of " + length + " bytes is too long; at most " + maxBytes + " bytes are allowed");
        }
        var envelope = new Envelope(flags == Envelope.END, content((int) length));
        ended = envelope.end();
        return envelope;
    }

    private static void check(int flags) {
        if ((flags & Envelope.COMPRESSED) != 0) {
            throw new ConnectException(
                    ConnectCode.INVALID_ARGUMENT, "the message is compressed, but no compression was negotiated");
        }
        if ((flags & ~Envelope.END) != 0) {
            throw new ConnectException(
                    ConnectCode.INVALID_ARGUMENT, "the message has unknown flags 0x%02x".formatted(flags & 0xff));
        }
    }

    /** Reads the content. The buffer grows with the bytes that arrive, not with the announced length. */
    private byte[] content(int length) throws IOException {
        var content = new byte[Math.min(length, FIRST_STEP)];
        int arrived = 0;
        while (true) {
            arrived += input.readNBytes(content, arrived, content.length - arrived);
            if (arrived == length) {
                return content;
            }
            if (arrived < content.length) {
                throw truncated(arrived, length, "content");
            }
            content = Arrays.copyOf(content, (int) Math.min(length, content.length * 2L));
        }
    }

    private static ConnectException truncated(int arrived, int expected, String what) {
        return new ConnectException(
                ConnectCode.INVALID_ARGUMENT,
                "the stream ends after " + arrived + " of " + expected + " bytes of a message's " + what);
    }
}
