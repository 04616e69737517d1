package dev.sandboxer.cli.sandboxes.copy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Writes a new file and leaves a hole wherever whole blocks are zero. Holes take no disk space. Not thread-safe. */
final class SparseOutput extends OutputStream {
    /** The usual block size of file systems. */
    private static final int BLOCK = 4096;

    private final RandomAccessFile file;
    private long end;

    /**
     * Opens a file to write.
     *
     * @param path of an empty file
     */
    SparseOutput(Path path) throws IOException {
        file = new RandomAccessFile(path.toFile(), "rw");
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            var piece = piece(bytes, offset + done, length - done);
            if (!ZeroRuns.isZero(bytes, offset + done, Math.min(piece, BLOCK))) {
                file.seek(end);
                file.write(bytes, offset + done, piece);
            }
            done += piece;
            end += piece;
        }
    }

    /** Returns the length of the zeros at the beginning, at most one block, or else of the data up to the next zero block. */
    private int piece(byte[] bytes, int offset, int length) {
        var first = (int) Math.min(length, BLOCK - end % BLOCK);
        if (ZeroRuns.isZero(bytes, offset, first)) {
            return first;
        }
        var data = first;
        while (data < length) {
            var next = Math.min(BLOCK, length - data);
            if (ZeroRuns.isZero(bytes, offset + data, next)) {
                break;
            }
            data += next;
        }
        return data;
    }

    /** Sets the length of the file, so that a hole at the end counts, and closes it. */
    @Override
    public void close() throws IOException {
        try (file) {
            file.setLength(end);
        }
    }
}
