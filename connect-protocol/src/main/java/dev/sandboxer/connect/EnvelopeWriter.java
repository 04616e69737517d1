package dev.sandboxer.connect;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Writes a stream of envelopes; each is one write and one flush, so that it leaves at once.
 *
 * <p>Safe for use by several threads: envelopes never mix, and none follows the last one. A write that blocks makes the
 * other threads wait.
 */
public final class EnvelopeWriter {
    private static final byte[] GOOD = "{}".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream output;
    private boolean ended;

    public EnvelopeWriter(OutputStream output) {
        this.output = output;
    }

    /** @throws IllegalStateException after the end */
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
     * Says that the stream ended well; the output stays open.
     *
     * @throws IllegalStateException after the end
     */
    public void end() throws IOException {
        write(Envelope.END, GOOD, 0, GOOD.length);
    }

    /**
     * Says that the stream failed; the output stays open.
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
