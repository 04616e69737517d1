package dev.sandboxer.local.agent;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds one frame. Not thread-safe. */
final class FrameWriter {
    static final int HEADER = 5;
    static final int MAX_PAYLOAD_BYTES = 1 << 20;

    private byte[] bytes = new byte[256];
    private int length = HEADER;

    FrameWriter(int type) {
        bytes[4] = (byte) type;
    }

    FrameWriter u8(int value) {
        ensureRoom(1);
        bytes[length++] = (byte) value;
        return this;
    }

    FrameWriter u16(int value) {
        return u8(value >> 8).u8(value);
    }

    FrameWriter u32(int value) {
        return u16(value >> 16).u16(value);
    }

    FrameWriter u64(long value) {
        return u32((int) (value >> 32)).u32((int) value);
    }

    FrameWriter bytes(byte[] source, int offset, int count) {
        ensureRoom(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        return this;
    }

    /** Writes a string. Null is written as "", which asks for the default where the protocol has one. */
    FrameWriter str(@Nullable String value) {
        var encoded = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
        return u32(encoded.length).bytes(encoded, 0, encoded.length);
    }

    FrameWriter list(Collection<String> values) {
        u32(values.size());
        values.forEach(this::str);
        return this;
    }

    FrameWriter map(Map<String, String> values) {
        u32(values.size());
        values.forEach((key, value) -> str(key).str(value));
        return this;
    }

    int payloadLength() {
        return length - HEADER;
    }

    /** Returns the complete frame with its header. */
    ByteBuffer finish() {
        var frame = ByteBuffer.wrap(bytes, 0, length);
        frame.putInt(0, payloadLength());
        return frame;
    }

    private void ensureRoom(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
