package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A frame from the agent, read from front to back. Nothing in it is trusted: reading past its end, or an impossible count, throws
 * {@link #protocolError}.
 */
record Frame(int type, ByteBuffer payload) {
    /** Returns the exception for an agent that broke the protocol. */
    static ExtensionException protocolError(String what) {
        return ExtensionException.unknown(Kind.INTERNAL, "the sandbox's agent broke its protocol: " + what, null);
    }

    int u8() {
        return require(1).get() & 0xff;
    }

    int u16() {
        return require(2).getShort() & 0xffff;
    }

    int i32() {
        return require(4).getInt();
    }

    long u64() {
        return require(8).getLong();
    }

    String str() {
        var bytes = new byte[count()];
        payload.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    byte[] rest() {
        var bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }

    List<String> list() {
        var values = new ArrayList<String>();
        for (int left = count(); left > 0; left--) {
            values.add(str());
        }
        return values;
    }

    Map<String, String> map() {
        var values = new HashMap<String, String>();
        for (int left = count(); left > 0; left--) {
            values.put(str(), str());
        }
        return values;
    }

    /** Reads a length or count. Each element takes at least one byte, so a count above the remaining bytes is an error. */
    private int count() {
        var count = i32();
        if (count < 0 || count > payload.remaining()) {
            throw protocolError("a length of " + Integer.toUnsignedString(count));
        }
        return count;
    }

    private ByteBuffer require(int bytes) {
        if (payload.remaining() < bytes) {
            throw protocolError("a short frame of type " + type);
        }
        return payload;
    }
}
