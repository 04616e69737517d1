package dev.sandboxer.server.it.harness;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A chunked body. It ends with the last chunk; reading fails if the connection ends before that. */
public final class Chunked extends InputStream {
    private final InputStream input;
    private int left;
    private boolean begun;
    private boolean ended;

    public Chunked(InputStream input) {
        this.input = input;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0; // readNBytes asks for 0 bytes
        }
        if (left == 0 && !ended) {
            begin();
        }
        if (ended) {
            return -1;
        }
        var n = input.read(bytes, offset, Math.min(length, left));
        if (n < 0) {
            throw new EOFException("the connection ended within a chunk");
        }
        left -= n;
        begun = true;
        return n;
    }

    /** Reads the size of the next chunk. The line break after a chunk may arrive only with the next one. */
    private void begin() throws IOException {
        if (begun) {
            line();
        }
        left = Integer.parseInt(line(), 16);
        if (left == 0) {
            ended = true;
            line();
        }
    }

    private String line() throws IOException {
        var text = new StringBuilder();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended without the last chunk");
            }
            text.append((char) next);
        }
        return text.toString().strip();
    }
}
