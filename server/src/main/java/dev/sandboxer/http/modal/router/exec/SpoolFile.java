package dev.sandboxer.http.modal.router.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a stream that is in a file, in extents of equal size. An extent that isn't needed any more is used again for the
 * newest bytes, so that the file never grows beyond its share. Not thread-safe. It has no name: when this process dies, so does it.
 *
 * <p>No channel: one that is interrupted in the middle of a read is closed for everybody.
 */
final class SpoolFile implements AutoCloseable {
    /** In bytes. */
    static final int EXTENT = 1 << 20;

    /** So many are had always, so that a stream whose reader stays can go on, whatever others take. */
    private static final int GUARANTEED = 2;

    private final SpoolSpace.Share space;
    private final int most;
    private final RandomAccessFile file;

    /** Where the extents are in the file, oldest bytes first. */
    private final List<Integer> places = new ArrayList<>();

    private final ArrayDeque<Integer> spare = new ArrayDeque<>();
    private int reserved;
    private int size;
    private long first;

    SpoolFile(SpoolSpace.Share space, int most) throws IOException {
        this.space = space;
        this.most = most;
        var path = Files.createTempFile("sandboxer-output", null);
        try {
            this.file = new RandomAccessFile(path.toFile(), "rw");
        } finally {
            Files.delete(path);
        }
    }

    /** The first byte that is kept. */
    long first() {
        return first;
    }

    int extents() {
        return places.size();
    }

    /** Whether it has all that it may have for itself. */
    boolean isFull() {
        return size == most;
    }

    boolean needsExtent(long position) {
        return (position - first) / EXTENT >= places.size();
    }

    /** Returns false when there is no room for another one. */
    boolean addExtent(long position) {
        if (!spare.isEmpty()) {
            places.add(spare.remove());
            return true;
        }
        if (size == most || size >= GUARANTEED && !space.reserveDisk(EXTENT)) {
            return false;
        }
        if (size >= GUARANTEED) {
            reserved += EXTENT;
        }
        places.add(size++);
        return true;
    }

    /** Forgets the oldest extent, and takes it for the newest bytes. */
    void reuseFirst(long position) {
        spare.add(places.removeFirst());
        first += EXTENT;
        addExtent(position);
    }

    /** Writes what fits into the newest extent; returns how much. */
    int write(long position, byte[] bytes, int from, int length) throws IOException {
        var count = (int) Math.min(length, EXTENT - (position - first) % EXTENT);
        file.seek(place(position));
        file.write(bytes, from, count);
        return count;
    }

    /** Reads what is in one extent, up to the length of the array; returns how much. */
    int read(long position, byte[] into) throws IOException {
        var count = (int) Math.min(into.length, EXTENT - (position - first) % EXTENT);
        file.seek(place(position));
        file.readFully(into, 0, count);
        return count;
    }

    private long place(long position) {
        var relative = position - first;
        return (long) places.get((int) (relative / EXTENT)) * EXTENT + relative % EXTENT;
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
