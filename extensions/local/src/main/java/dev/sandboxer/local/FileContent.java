package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.OperationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The content of a file as it arrives. Ends only after the agent said so: a cut-off transfer is an IOException. */
final class FileContent extends InputStream {
    private final AgentConnection connection;
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private boolean ended;

    FileContent(AgentConnection connection) {
        this.connection = connection;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        while (!chunk.hasRemaining()) {
            if (ended || !nextChunk()) {
                return -1;
            }
        }
        var count = Math.min(length, chunk.remaining());
        chunk.get(target, offset, count);
        return count;
    }

    private boolean nextChunk() throws IOException {
        try {
            var frame = connection.receive();
            switch (frame.type()) {
                case FrameType.DATA -> chunk = frame.payload();
                case FrameType.END -> {
                    ended = true;
                    connection.close();
                }
                default -> throw Frame.garbage("type " + frame.type() + " in a file");
            }
            return !ended;
        } catch (ExtensionException | OperationException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
