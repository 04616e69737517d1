package dev.sandboxer.http.modal.router.exec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an output stream: its beginning in memory, the rest in a file. Its space is bounded: a full spool either blocks the writer until a
 * reader has read some bytes, or drops the oldest bytes. Thread-safe, for one writing thread.
 */
public final class Spool implements Output {
    /** The most bytes of a stream that are kept in memory. */
    static final int MEMORY = 256 << 10;

    private static final int FIRST_BUFFER = 4 << 10;
    private static final int MAX_READ_BYTES = 256 << 10;

    /** How often a full spool checks for space that others have freed. */
    private static final long POLL_INTERVAL_MS = 200;

    private final SpoolSpace.Share space;
    private final Retention retention;
    private byte[] memory = new byte[0];
    private int inMemory;
    private @Nullable SpoolFile file;
    private long start;
    private long end;
    private long taken;
    private boolean ended;
    private boolean freed;
    private @Nullable StatusRuntimeException failure;

    /**
     * How much of a long stream is kept.
     *
     * @param extents the most extents of the file, each of {@link SpoolFile#EXTENT} bytes; at least 2
     * @param replay how many bytes are kept after a reader has taken them, so that it can read them again
     * @param waits true if the writer waits when there is no space; false if the oldest bytes are forgotten
     */
    record Retention(int extents, long replay, boolean waits) {
        /** For commands. Clients buffer up to 64 MiB, which they may have to read again. */
        static final Retention COMMAND = new Retention(256, 80L << 20, true);

        /** For the main process of a sandbox, whose output may have no reader. */
        static final Retention TAIL = new Retention(8, 0, false);
    }

    Spool(SpoolSpace.Share space, Retention retention) {
        this.space = space;
        this.retention = retention;
    }

    /** Adds bytes; waits while there is no space. After {@link #free} the bytes are dropped. */
    synchronized void append(byte[] bytes) throws InterruptedException {
        for (int done = 0; done < bytes.length && !freed; ) {
            var count = store(bytes, done);
            if (count == 0) {
                wait(POLL_INTERVAL_MS);
            } else {
                done += count;
                end += count;
                notifyAll();
            }
        }
    }

    /** Returns how many bytes were stored. */
    private int store(byte[] bytes, int from) {
        var left = bytes.length - from;
        var count = file == null ? toMemory(bytes, from, left) : 0;
        return count > 0 ? count : toFile(bytes, from, left);
    }

    private int toMemory(byte[] bytes, int from, int left) {
        if (inMemory == memory.length && !growMemory(left)) {
            return 0;
        }
        var count = Math.min(left, memory.length - inMemory);
        System.arraycopy(bytes, from, memory, inMemory, count);
        inMemory += count;
        return count;
    }

    private boolean growMemory(int wanted) {
        var size = Math.min(MEMORY, Math.max(Math.max(FIRST_BUFFER, 2 * memory.length), inMemory + wanted));
        if (size <= memory.length || !space.reserveMemory(size - memory.length)) {
            return false;
        }
        memory = Arrays.copyOf(memory, size);
        return true;
    }

    private int toFile(byte[] bytes, int from, int left) {
        try {
            var to = file;
            if (to == null) {
                to = new SpoolFile(space, retention.extents());
                file = to;
            }
            var position = end - inMemory;
            if (to.needsExtent(position) && !to.addExtent(position) && !forgetSome(to, position)) {
                return 0;
            }
            return to.write(position, bytes, from, left);
        } catch (IOException e) {
            throw new UncheckedIOException("the output can't be kept: " + e.getMessage(), e);
        }
    }

    /** Makes space by forgetting the oldest bytes; returns false if they have to be kept. */
    private boolean forgetSome(SpoolFile from, long position) {
        var dropped = from.first() + SpoolFile.EXTENT + inMemory;
        // the shared space is full: connected readers take precedence over bytes that a reader may want again
        var replay = from.isFull() ? retention.replay() : Math.min(retention.replay(), SpoolFile.EXTENT);
        if (from.extents() < 2 || retention.waits() && dropped > taken - replay) {
            return false;
        }
        from.reuseFirst(position);
        start = dropped;
        forgetMemory();
        return true;
    }

    private void forgetMemory() {
        space.freeMemory(memory.length);
        memory = new byte[0];
    }

    /** Ends the stream, for each reader once it has read everything. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Ends the stream with a failure, which each reader gets once it has read everything. */
    synchronized void fail(StatusRuntimeException why) {
        if (!ended) {
            failure = why;
            end();
        }
    }

    /** Discards everything and gives back the space. */
    synchronized void free() {
        freed = true;
        forgetMemory();
        if (file != null) {
            file.close();
        }
        notifyAll();
    }

    @Override
    public void transfer(long offset, Sink sink) throws InterruptedException {
        var position = offset;
        while (true) {
            var piece = next(position);
            if (piece == null) {
                return;
            }
            sink.accept(piece.offset, piece.bytes);
            position = piece.offset + piece.bytes.size();
            markTaken(position);
        }
    }

    private record Piece(long offset, ByteString bytes) {}

    private synchronized void markTaken(long position) {
        if (position > taken) {
            taken = position;
            notifyAll();
        }
    }

    /** Waits for bytes at a position; null at the end. */
    private synchronized @Nullable Piece next(long wanted) throws InterruptedException {
        while (true) {
            if (freed) {
                throw Status.NOT_FOUND
                        .withDescription("the output is no longer kept")
                        .asRuntimeException();
            }
            if (wanted < start && retention.waits()) {
                throw Status.DATA_LOSS
                        .withDescription("the output before byte " + start + " is no longer kept")
                        .asRuntimeException();
            }
            var position = Math.max(wanted, start);
            if (position < end) {
                return new Piece(position, read(position));
            }
            if (ended) {
                requireEnd(position);
                return null;
            }
            wait();
        }
    }

    private void requireEnd(long position) {
        if (position > end) {
            throw Status.OUT_OF_RANGE
                    .withDescription("the output has " + end + " bytes, not " + position)
                    .asRuntimeException();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private ByteString read(long position) {
        if (position < inMemory) {
            return ByteString.copyFrom(memory, (int) position, inMemory - (int) position);
        }
        var from = file;
        if (from == null) {
            throw new IllegalStateException("byte " + position + " is not stored");
        }
        var bytes = new byte[(int) Math.min(MAX_READ_BYTES, end - position)];
        try {
            var count = from.read(position - inMemory, bytes);
            return UnsafeByteOperations.unsafeWrap(bytes, 0, count);
        } catch (IOException e) {
            throw Status.DATA_LOSS
                    .withDescription("the output can't be read: " + e.getMessage())
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
