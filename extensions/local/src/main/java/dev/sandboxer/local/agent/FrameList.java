package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import java.time.Duration;
import java.util.function.Consumer;

/** An answer of many frames of one type, ended by an END frame. Limited in number, size and time. */
record FrameList(AgentConnection connection, int type, Limits limits, Duration timeout) {
    /**
     * Limits on an answer.
     *
     * @param frames the maximum number of frames
     * @param frameBytes the maximum size of one frame, in bytes
     * @param allBytes the maximum size of all frames together, in bytes
     */
    record Limits(int frames, int frameBytes, long allBytes) {}

    void forEach(Consumer<Frame> each) {
        var start = System.nanoTime();
        var count = 0;
        var bytes = 0L;
        for (var frame = connection.receive(); frame.type() != FrameType.END; frame = connection.receive()) {
            var size = frame.payload().remaining();
            bytes += size;
            if (frame.type() != type || size > limits.frameBytes) {
                throw Frame.protocolError("type " + frame.type() + " with " + size + " bytes in a list");
            }
            if (bytes > limits.allBytes) {
                throw new OperationException(Reason.LIMIT, "the list has more than " + limits.allBytes + " bytes");
            }
            if (++count > limits.frames) {
                throw new OperationException(Reason.LIMIT, "the list has more than " + limits.frames + " entries");
            }
            if (System.nanoTime() - start > timeout.toNanos()) {
                throw ExtensionException.unknown(
                        Kind.TRANSIENT, "the list did not end within " + timeout.toSeconds() + " s", null);
            }
            each.accept(frame);
        }
    }
}
