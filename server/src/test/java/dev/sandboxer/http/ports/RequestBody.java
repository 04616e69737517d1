package dev.sandboxer.http.ports;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a request's body as a simple server would. */
final class RequestBody {
    private final Peer peer;
    private final boolean chunked;
    private long remaining;

    RequestBody(Peer peer, String head) {
        this.peer = peer;
        this.chunked = head.contains("\r\nTransfer-Encoding: chunked\r\n");
        for (var line : head.split("\r\n")) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
                remaining = Long.parseLong(line.substring(16));
            }
        }
    }

    /** Returns the next bytes, up to a chunk or 64 KiB; null at the end. */
    byte @Nullable [] next() throws IOException {
        return chunked ? chunk() : piece();
    }

    private byte @Nullable [] piece() throws IOException {
        if (remaining == 0) {
            return null;
        }
        var bytes = new byte[(int) Math.min(remaining, 64 * 1024)];
        int length = peer.input().read(bytes);
        if (length < 0) {
            throw new IOException("the body was cut");
        }
        remaining -= length;
        return Arrays.copyOf(bytes, length);
    }

    private byte @Nullable [] chunk() throws IOException {
        var line = peer.until("\r\n");
        int length = Integer.parseInt(line.trim(), 16);
        var bytes = peer.input().readNBytes(length);
        peer.until("\r\n");
        return length == 0 ? null : bytes;
    }
}
