package dev.sandboxer.connect;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.random.RandomGenerator;

/** Returns a few bytes at a time, as a network does. */
final class TricklingInput extends FilterInputStream {
    private final RandomGenerator random;
    private final int most;

    TricklingInput(InputStream input, RandomGenerator random, int most) {
        super(input);
        this.random = random;
        this.most = most;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return super.read(bytes, offset, length == 0 ? 0 : Math.min(length, random.nextInt(1, most + 1)));
    }
}
