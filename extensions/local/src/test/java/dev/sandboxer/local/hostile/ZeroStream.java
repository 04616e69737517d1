package dev.sandboxer.local.hostile;

import java.io.InputStream;

/** A stream of a given number of zero bytes. */
final class ZeroStream extends InputStream {
    private int left;

    ZeroStream(int count) {
        left = count;
    }

    @Override
    public int read() {
        return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (left <= 0) {
            return -1;
        }
        var count = Math.min(length, left);
        java.util.Arrays.fill(target, offset, offset + count, (byte) 0);
        left -= count;
        return count;
    }
}
