package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The content of a file as it arrives from the agent. If the connection ends early, reading throws; it never looks like the end of the file. */
final class FileContent extends InputStream {
    private final AgentConnection connection;
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private long left;
    private boolean ended;

    /** @param most the number of requested bytes; the agent may not send more */
    FileContent(AgentConnection connection, long most) {
        this.connection = connection;
        this.left = most;
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
                case FrameType.DATA -> chunk = data(frame);
                case FrameType.END -> {
                    ended = true;
                    connection.close();
                }
                default -> throw Frame.protocolError("type " + frame.type() + " in a file");
            }
            return !ended;
        } catch (ExtensionException | OperationException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Rejects more bytes than were requested, and empty frames, which could follow each other without end. */
    private ByteBuffer data(Frame frame) {
        var count = frame.payload().remaining();
        if (count == 0 || count > left) {
            throw Frame.protocolError(count + " bytes of a file, but only " + left + " were left");
        }
        left -= count;
        return frame.payload();
    }

    @Override
    public void close() {
        connection.close();
    }
}
