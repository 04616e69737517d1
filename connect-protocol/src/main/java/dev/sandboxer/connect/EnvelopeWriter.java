package dev.sandboxer.connect;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Writes a stream of envelopes. Each envelope is one write and one flush, so that it is sent at once.
 *
 * <p>Thread-safe: envelopes never mix, and none follows the last one. A write that blocks makes the other threads wait.
 */
public final class EnvelopeWriter {
    private static final byte[] SUCCESS = "{}".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream output;
    private boolean ended;

    public EnvelopeWriter(OutputStream output) {
        this.output = output;
    }

    /**
     * Writes one message.
     *
     * @throws IllegalStateException after the end
     */
    public void message(byte[] content) throws IOException {
        message(content, 0, content.length);
    }

    /**
     * Writes a part of an array as one message.
     *
     * @throws IllegalStateException after the end
     */
    public void message(byte[] content, int offset, int length) throws IOException {
        write(0, content, offset, length);
    }

    /**
     * Writes the last envelope of a successful stream. The output stays open.
     *
     * @throws IllegalStateException after the end
     */
    public void end() throws IOException {
        write(Envelope.END, SUCCESS, 0, SUCCESS.length);
    }

    /**
     * Writes the last envelope of a failed stream. The output stays open.
     *
     * @throws IllegalStateException after the end
     */
    public void endError(ConnectError error) throws IOException {
        var content = error.toEndOfStream();
        write(Envelope.END, content, 0, content.length);
    }

    private synchronized void write(int flags, byte[] content, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, content.length);
        if (ended) {
            throw new IllegalStateException("the stream has ended");
        }
        ended = flags == Envelope.END;
        var envelope = ByteBuffer.allocate(Math.addExact(Envelope.HEADER_BYTES, length))
                .put((byte) flags)
                .putInt(length)
                .put(content, offset, length);
        output.write(envelope.array());
        output.flush();
    }
}
