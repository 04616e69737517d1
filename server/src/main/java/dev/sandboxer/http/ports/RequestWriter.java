package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpGenerator;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes one request, and frames its body itself. Not thread-safe.
 *
 * <p>Jetty's generator makes the head only: it holds back the line break after a chunk until the next chunk, and simple servers wait for
 * that line break.
 */
final class RequestWriter {
    private static final byte[] LINE_BREAK = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};

    private final MetaData.Request head;
    private final PortConnection connection;
    private final boolean chunked;
    private @Nullable OutputStream output;

    RequestWriter(MetaData.Request head, PortConnection connection) {
        this.head = head;
        this.connection = connection;
        this.chunked = head.getContentLength() < 0;
    }

    /**
     * Writes a piece of the body and flushes it. The first call writes the head before the piece. The output stays open even after the last
     * piece, because many servers take its end to mean that the client has left.
     */
    void write(ByteBuffer content, boolean last) throws IOException {
        var to = output;
        if (to == null) {
            to = new BufferedOutputStream(connection.output(), 16 * 1024);
            output = to;
            writeHead(to);
        }
        if (!chunked) {
            BufferUtil.writeTo(content, to);
        } else if (content.hasRemaining()) {
            to.write(Integer.toHexString(content.remaining()).getBytes(StandardCharsets.US_ASCII));
            to.write(LINE_BREAK);
            BufferUtil.writeTo(content, to);
            to.write(LINE_BREAK);
        }
        if (chunked && last) {
            to.write(LAST_CHUNK);
        }
        to.flush();
    }

    private void writeHead(OutputStream to) throws IOException {
        var generator = new HttpGenerator();
        var bytes = BufferUtil.allocate(16 * 1024);
        while (true) {
            switch (generator.generateRequest(head, bytes, null, null, false)) {
                case HEADER_OVERFLOW -> bytes = BufferUtil.allocate(bytes.capacity() * 2);
                case FLUSH -> {
                    BufferUtil.writeTo(bytes, to);
                    return;
                }
                default -> throw new IllegalStateException("unexpected state of the generator");
            }
        }
    }
}
