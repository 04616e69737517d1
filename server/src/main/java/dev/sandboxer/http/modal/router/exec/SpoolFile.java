package dev.sandboxer.http.modal.router.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a stream that is in a file, in extents of equal size. An extent that is no longer needed is reused for the newest bytes,
 * so that the file never outgrows its share. The file is unlinked, so it vanishes with this process. Not thread-safe.
 *
 * <p>This is not a {@code FileChannel}, because an interrupt during a read would close the channel for all readers.
 */
final class SpoolFile implements AutoCloseable {
    /** In bytes. */
    static final int EXTENT = 1 << 20;

    /** The number of extents that need no reservation, so that a stream with a reader never stalls because of other streams. */
    private static final int GUARANTEED = 2;

    private final SpoolSpace.Share space;
    private final int mostExtents;
    private final RandomAccessFile file;

    /** The positions of the extents in the file, counted in extents; the oldest bytes first. */
    private final List<Integer> slots = new ArrayList<>();

    private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
    private int reserved;
    private int size;
    private long first;

    SpoolFile(SpoolSpace.Share space, int mostExtents) throws IOException {
        this.space = space;
        this.mostExtents = mostExtents;
        var path = Files.createTempFile("sandboxer-output", null);
        try {
            this.file = new RandomAccessFile(path.toFile(), "rw");
        } finally {
            Files.delete(path);
        }
    }

    /** The position of the first byte that is kept. */
    long first() {
        return first;
    }

    int extents() {
        return slots.size();
    }

    /** Returns true if the file has its maximum number of extents. */
    boolean isFull() {
        return size == mostExtents;
    }

    boolean needsExtent(long position) {
        return (position - first) / EXTENT >= slots.size();
    }

    /** Adds an extent; returns false if there is no space for one. */
    boolean addExtent(long position) {
        if (!freeSlots.isEmpty()) {
            slots.add(freeSlots.remove());
            return true;
        }
        if (size == mostExtents || size >= GUARANTEED && !space.reserveDisk(EXTENT)) {
            return false;
        }
        if (size >= GUARANTEED) {
            reserved += EXTENT;
        }
        slots.add(size++);
        return true;
    }

    /** Forgets the oldest extent and reuses it for the newest bytes. */
    void reuseFirst(long position) {
        freeSlots.add(slots.removeFirst());
        first += EXTENT;
        addExtent(position);
    }

    /** Writes what fits into the newest extent; returns the number of bytes. */
    int write(long position, byte[] bytes, int from, int length) throws IOException {
        var count = (int) Math.min(length, EXTENT - (position - first) % EXTENT);
        file.seek(filePosition(position));
        file.write(bytes, from, count);
        return count;
    }

    /** Reads from one extent, up to the length of the array; returns the number of bytes. */
    int read(long position, byte[] into) throws IOException {
        var count = (int) Math.min(into.length, EXTENT - (position - first) % EXTENT);
        file.seek(filePosition(position));
        file.readFully(into, 0, count);
        return count;
    }

    private long filePosition(long position) {
        var relative = position - first;
        return (long) slots.get((int) (relative / EXTENT)) * EXTENT + relative % EXTENT;
    }

    @Override
    public void close() {
        space.freeDisk(reserved);
        reserved = 0;
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
