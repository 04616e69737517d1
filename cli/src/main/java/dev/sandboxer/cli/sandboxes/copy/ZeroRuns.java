package dev.sandboxer.cli.sandboxes.copy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the parts of a file that contain data. The runs of zeros between them can become holes, which take no disk space. */
final class ZeroRuns {
    /** Shorter runs of zeros are data. */
    static final int BLOCK = 64 << 10;

    private static final long SMALL = 1 << 20;
    private static final int MAX_PARTS = 100_000;
    private static final byte[] ZEROS = new byte[BLOCK];

    private ZeroRuns() {}

    /** A part of a file with data. */
    record Part(long offset, long length) {}

    /** Returns the parts with data; null when the file is small, has no run of zeros or has too many parts. */
    static @Nullable List<Part> parts(Path file) throws IOException {
        if (Files.size(file) < SMALL) {
            return null;
        }
        var parts = new ArrayList<Part>();
        var buffer = new byte[BLOCK];
        var at = 0L;
        var zeros = false;
        try (var in = Files.newInputStream(file)) {
            for (int count = in.readNBytes(buffer, 0, BLOCK); count > 0; count = in.readNBytes(buffer, 0, BLOCK)) {
                if (isZero(buffer, 0, count)) {
                    zeros = true;
                } else {
                    append(parts, at, count);
                }
                if (parts.size() > MAX_PARTS) {
                    return null;
                }
                at += count;
            }
        }
        return zeros ? parts : null;
    }

    private static void append(List<Part> parts, long at, int count) {
        if (!parts.isEmpty() && parts.getLast().offset() + parts.getLast().length() == at) {
            var last = parts.removeLast();
            parts.add(new Part(last.offset(), last.length() + count));
        } else {
            parts.add(new Part(at, count));
        }
    }

    static boolean isZero(byte[] bytes, int offset, int length) {
        return Arrays.equals(bytes, offset, offset + length, ZEROS, 0, length);
    }
}
