package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.OperationException.Reason;
import dev.sandboxer.local.folder.SandboxFolder;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One connection to a sandbox's agent, for one operation. One thread may receive while others send.
 *
 * <p>The agent is the sandbox's own and may be hostile: frames are bounded, and each call is bounded in time.
 */
public final class AgentConnection implements AutoCloseable {
    /** No limit on a single call: for streams whose silence is normal. */
    static final Duration UNLIMITED = Duration.ZERO;

    private static final Duration PROBE = Duration.ofSeconds(2);
    private static final int LONGEST_MESSAGE = 500;

    private static final Reason[] REASONS = {
        Reason.IO,
        Reason.INVALID,
        Reason.NOT_FOUND,
        Reason.ALREADY_EXISTS,
        Reason.NOT_A_DIRECTORY,
        Reason.IS_A_DIRECTORY,
        Reason.PERMISSION_DENIED,
        Reason.NO_SPACE,
        Reason.UNKNOWN_USER,
        Reason.CWD_MISSING,
        Reason.COMMAND_NOT_FOUND,
        Reason.NOT_EXECUTABLE,
        Reason.LIMIT,
        Reason.LOOP,
        Reason.UNSUPPORTED,
        Reason.REFUSED,
        Reason.IO,
        Reason.PROCESS_NOT_FOUND,
        Reason.STDIN_CLOSED,
        Reason.NOT_EMPTY,
        Reason.INVALID,
        Reason.SPECIAL_FILE,
        Reason.TOO_LONG
    };

    private final SandboxFolder folder;
    private final SocketChannel channel;
    private final SocketTimeouts.Guard readGuard;
    private final SocketTimeouts.Guard writeGuard;
    private final ByteBuffer buffer = ByteBuffer.allocate(16 << 10).limit(0);
    private volatile Duration readPatience;
    private volatile Duration writePatience;
    /** Of the present frame, which could else come byte by byte for ever. */
    private long frameExpiry;

    private AgentConnection(SandboxFolder folder, SocketChannel channel, Duration patience) {
        this.folder = folder;
        this.channel = channel;
        this.readGuard = SocketTimeouts.guard(channel);
        this.writeGuard = SocketTimeouts.guard(channel);
        this.readPatience = patience;
        this.writePatience = patience;
    }

    /**
     * @param patience how long the agent may take for each frame and write
     */
    public static AgentConnection open(SandboxFolder folder, Duration patience) {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            var connection = new AgentConnection(folder, channel, patience);
            var address = UnixDomainSocketAddress.of(folder.socket());
            connection.guarded(connection.writeGuard, patience, () -> {
                connection.channel.connect(address);
                return 0;
            });
            return connection;
        } catch (ClosedByInterruptException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        } catch (AsynchronousCloseException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "the sandbox took no connection within " + patience, e);
        } catch (IOException e) {
            if (channel == null) {
                throw ExtensionException.unknown(Kind.TRANSIENT, "no socket to be had: " + e.getMessage(), e);
            }
            closeQuietly(channel);
            throw folder.gone();
        }
    }

    /** From now on silence is normal: reads wait as long as it takes, and so do writes to a reader that is slow. */
    void unlimited() {
        readPatience = UNLIMITED;
        writePatience = UNLIMITED;
    }

    /**
     * Sends a request, or a part of one. An agent that has hung up may have said why: that is received then, which is for the
     * thread that receives.
     */
    public void send(FrameWriter frame) {
        if (frame.payloadLength() > FrameWriter.LONGEST_PAYLOAD) {
            throw new OperationException(Reason.TOO_LONG, "the request is larger than 1 MiB");
        }
        try {
            write(frame.finish());
        } catch (IOException e) {
            if (!writeGuard.bitten() && !(e instanceof ClosedByInterruptException)) {
                receive();
            }
            throw lost(e, writeGuard);
        }
    }

    /** Sends while another thread receives: that one learns of the end, after all that was said before it. */
    void tell(FrameWriter frame) {
        try {
            write(frame.finish());
        } catch (IOException e) {
            // nobody listens any more
        }
    }

    void sendRaw(ByteBuffer bytes) {
        try {
            write(bytes);
        } catch (IOException e) {
            throw lost(e, writeGuard);
        }
    }

    private synchronized void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            guarded(writeGuard, writePatience, () -> channel.write(bytes));
        }
    }

    /** The next frame; an ERROR becomes an exception. */
    Frame receive() {
        frameExpiry = System.nanoTime() + readPatience.toNanos();
        fill(FrameWriter.HEADER);
        var length = buffer.getInt();
        var type = buffer.get() & 0xff;
        if (length < 0 || length > FrameWriter.LONGEST_PAYLOAD) {
            throw Frame.garbage("a frame of " + Integer.toUnsignedString(length) + " bytes");
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
            throw refusal(frame);
        }
        return frame;
    }

    /** The next frame, which has to be of that type. */
    public Frame expect(int type) {
        var frame = receive();
        if (frame.type() != type) {
            throw Frame.garbage("type " + frame.type() + " instead of " + type);
        }
        return frame;
    }

    /** Bytes as they are, for a dialled port; -1 at the end. */
    int readRaw(byte[] target, int offset, int length) {
        if (!buffer.hasRemaining()) {
            buffer.clear();
            try {
                if (guarded(readGuard, readPatience, () -> channel.read(buffer)) < 0) {
                    buffer.limit(0);
                    return -1;
                }
            } catch (IOException e) {
                buffer.limit(0);
                throw lost(e, readGuard);
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
            throw lost(e, writeGuard);
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
            if (guarded(readGuard, untilExpiry(), () -> channel.read(target)) < 0) {
                throw endOfStream();
            }
        } catch (IOException e) {
            throw lost(e, readGuard);
        }
    }

    private Duration untilExpiry() {
        return readPatience.isZero() ? UNLIMITED : Duration.ofNanos(Math.max(1, frameExpiry - System.nanoTime()));
    }

    private interface Call {
        int run() throws IOException;
    }

    private int guarded(SocketTimeouts.Guard guard, Duration patience, Call call) throws IOException {
        if (patience.isZero()) {
            return call.run();
        }
        guard.begin(patience.toNanos());
        try {
            return call.run();
        } finally {
            guard.end();
        }
    }

    private static OperationException refusal(Frame frame) {
        var code = frame.u16();
        var reason = code < REASONS.length ? REASONS[code] : Reason.IO;
        return new OperationException(reason, printable(frame.str()));
    }

    /** What an agent says ends on somebody's terminal. */
    private static String printable(String message) {
        var start = message.substring(0, Math.min(message.length(), LONGEST_MESSAGE));
        return start.replaceAll("[\\p{Cc}\\p{Cf}]", "?");
    }

    private ExtensionException lost(IOException e, SocketTimeouts.Guard guard) {
        if (e instanceof ClosedByInterruptException) {
            return ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        }
        if (guard.bitten()) {
            return ExtensionException.unknown(
                    Kind.TRANSIENT, "the sandbox did not answer within " + readPatience.toSeconds() + " s", e);
        }
        return endOfStream();
    }

    /**
     * The agent answers before it hangs up, so silence means that it died, or that the worker for this operation did. The
     * connection stays open: when writing failed, there may be more to read.
     */
    private ExtensionException endOfStream() {
        if (!readPatience.equals(PROBE) && mayLive(folder)) {
            return ExtensionException.unknown(
                    Kind.TRANSIENT, "the sandbox dropped the operation (out of memory or processes inside?)", null);
        }
        return folder.gone();
    }

    /** Only a closed door proves that a sandbox has ended; one that doesn't answer in time may be very busy. */
    private static boolean mayLive(SandboxFolder folder) {
        if (!folder.alive()) {
            return false;
        }
        try (var connection = open(folder, PROBE)) {
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

    private static void closeQuietly(@org.jspecify.annotations.Nullable SocketChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // closed is closed
            }
        }
    }
}
