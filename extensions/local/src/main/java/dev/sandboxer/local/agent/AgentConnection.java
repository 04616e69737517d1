package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.local.folder.SandboxFolder;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a sandbox's agent, for one operation. One thread may receive while others send.
 *
 * <p>The agent runs inside the sandbox and may be hostile: each frame is limited in size, and each call in time.
 */
final class AgentConnection implements AutoCloseable {
    /** No time limit, for streams, which may be silent for any length of time. */
    private static final Duration UNLIMITED = Duration.ZERO;

    /** Longest frame of a stream: a piece of output, or an event with its entry. Small, because many streams queue several frames. */
    private static final int MAX_STREAM_FRAME_BYTES = 96 << 10;

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

    private final SandboxFolder folder;
    private final SocketChannel channel;
    private final SocketTimeouts.Timer readTimer;
    private final SocketTimeouts.Timer writeTimer;
    private final ByteBuffer buffer = ByteBuffer.allocate(16 << 10).limit(0);
    private volatile Duration readTimeout;
    private volatile Duration writeTimeout;
    private volatile int longestFrame = FrameWriter.MAX_PAYLOAD_BYTES;
    /** When the current frame must be complete. Without this limit, a frame could arrive byte by byte without end. */
    private long frameExpiry;

    private AgentConnection(SandboxFolder folder, SocketChannel channel, Duration timeout) {
        this.folder = folder;
        this.channel = channel;
        this.readTimer = SocketTimeouts.timer(channel);
        this.writeTimer = SocketTimeouts.timer(channel);
        this.readTimeout = timeout;
        this.writeTimeout = timeout;
    }

    /**
     * Opens a connection.
     *
     * @param timeout limit for each frame and each write
     * @throws ExtensionException {@code GONE} when the sandbox has ended
     */
    static AgentConnection open(SandboxFolder folder, Duration timeout) {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            var connection = new AgentConnection(folder, channel, timeout);
            var address = UnixDomainSocketAddress.of(folder.socket());
            connection.callWithin(connection.writeTimer, timeout, () -> {
                connection.channel.connect(address);
                return 0;
            });
            return connection;
        } catch (ClosedByInterruptException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        } catch (AsynchronousCloseException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "the sandbox accepted no connection within " + timeout, e);
        } catch (IOException e) {
            if (channel == null) {
                throw ExtensionException.unknown(Kind.TRANSIENT, "can't create a socket: " + e.getMessage(), e);
            }
            closeQuietly(channel);
            throw folder.gone();
        }
    }

    /** Turns the connection into a stream: reads and writes have no time limit from now on, but frames have to be short. */
    void switchToStream() {
        longestFrame = MAX_STREAM_FRAME_BYTES;
        readTimeout = UNLIMITED;
        writeTimeout = UNLIMITED;
    }

    /**
     * Sends a request, or a part of one. Only the receiving thread may call this: if the agent has closed the connection, this reads the
     * error that the agent sent before, and throws it.
     */
    void send(FrameWriter frame) {
        if (frame.payloadLength() > FrameWriter.MAX_PAYLOAD_BYTES) {
            throw new OperationException(Reason.TOO_LONG, "the request is larger than 1 MiB");
        }
        try {
            write(frame.finish());
        } catch (IOException e) {
            if (!writeTimer.expired() && !(e instanceof ClosedByInterruptException)) {
                receive();
            }
            throw lost(e, writeTimer);
        }
    }

    /** Sends while another thread receives. Ignores failures: the receiving thread notices that the connection has ended. */
    void sendQuietly(FrameWriter frame) {
        try {
            write(frame.finish());
        } catch (IOException e) {
            // the receiving thread reads the remaining frames, then the end
        }
    }

    void sendRaw(ByteBuffer bytes) {
        try {
            write(bytes);
        } catch (IOException e) {
            throw lost(e, writeTimer);
        }
    }

    private synchronized void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            callWithin(writeTimer, writeTimeout, () -> channel.write(bytes));
        }
    }

    /**
     * Receives the next frame.
     *
     * @throws OperationException when it is an ERROR frame
     */
    Frame receive() {
        frameExpiry = System.nanoTime() + readTimeout.toNanos();
        fill(FrameWriter.HEADER);
        var length = buffer.getInt();
        var type = buffer.get() & 0xff;
        if (length < 0 || length > longestFrame) {
            throw Frame.protocolError("a frame of " + Integer.toUnsignedString(length) + " bytes");
        }
        var payload = ByteBuffer.allocate(length);
        var buffered = Math.min(length, buffer.remaining());
        payload.put(0, buffer, buffer.position(), buffered).position(buffered);
        buffer.position(buffer.position() + buffered);
        while (payload.hasRemaining()) {
            readInto(payload);
        }
        var frame = new Frame(type, payload.flip());
        if (type == FrameType.ERROR) {
            throw ErrorReader.read(frame);
        }
        return frame;
    }

    /** Receives the next frame, which must be of this type. */
    Frame expect(int type) {
        var frame = receive();
        if (frame.type() != type) {
            throw Frame.protocolError("type " + frame.type() + " instead of " + type);
        }
        return frame;
    }

    /** Reads bytes without frames, as from a port. Returns their number, -1 at the end. */
    int readRaw(byte[] target, int offset, int length) {
        if (!buffer.hasRemaining()) {
            buffer.clear();
            try {
                if (callWithin(readTimer, readTimeout, () -> channel.read(buffer)) < 0) {
                    buffer.limit(0);
                    return -1;
                }
            } catch (IOException e) {
                buffer.limit(0);
                throw lost(e, readTimer);
            }
            buffer.flip();
        }
        var count = Math.min(length, buffer.remaining());
        buffer.get(target, offset, count);
        return count;
    }

    void shutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            throw lost(e, writeTimer);
        }
    }

    private void fill(int count) {
        buffer.compact();
        while (buffer.position() < count) {
            readInto(buffer);
        }
        buffer.flip();
    }

    private void readInto(ByteBuffer target) {
        try {
            if (callWithin(readTimer, untilExpiry(), () -> channel.read(target)) < 0) {
                throw endOfStream();
            }
        } catch (IOException e) {
            throw lost(e, readTimer);
        }
    }

    private Duration untilExpiry() {
        return readTimeout.isZero() ? UNLIMITED : Duration.ofNanos(Math.max(1, frameExpiry - System.nanoTime()));
    }

    private interface Call {
        int run() throws IOException;
    }

    private int callWithin(SocketTimeouts.Timer timer, Duration timeout, Call call) throws IOException {
        if (timeout.isZero()) {
            return call.run();
        }
        timer.start(timeout.toNanos());
        try {
            return call.run();
        } finally {
            timer.stop();
        }
    }

    private ExtensionException lost(IOException e, SocketTimeouts.Timer timer) {
        if (e instanceof ClosedByInterruptException) {
            return ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        }
        if (timer.expired()) {
            return ExtensionException.unknown(
                    Kind.TRANSIENT, "the sandbox did not answer within " + readTimeout.toSeconds() + " s", e);
        }
        return endOfStream();
    }

    /**
     * Returns the reason why the connection ended without an answer: the agent, or its worker for this operation, has died. Does not
     * close the connection, because there may be more to read after a failed write.
     */
    private ExtensionException endOfStream() {
        if (!readTimeout.equals(PROBE_TIMEOUT) && mayBeAlive(folder)) {
            return ExtensionException.unknown(
                    Kind.TRANSIENT,
                    "the operation ended without an answer; the sandbox may have run out of memory or processes",
                    null);
        }
        return folder.gone();
    }

    /** Returns false if the sandbox has certainly ended. An agent that accepts a connection but doesn't answer in time may be busy. */
    private static boolean mayBeAlive(SandboxFolder folder) {
        if (!folder.alive()) {
            return false;
        }
        try (var connection = open(folder, PROBE_TIMEOUT)) {
            connection.send(new FrameWriter(FrameType.PING));
            connection.expect(FrameType.PONG);
            return true;
        } catch (ExtensionException e) {
            return e.kind() != Kind.GONE;
        } catch (OperationException e) {
            return true;
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(@Nullable SocketChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // close() closes the channel even if it fails
            }
        }
    }
}
