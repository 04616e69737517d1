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
 * An output stream that is kept: its beginning in memory, the rest in a file. What it may take is bounded; then it either lets the
 * writer wait until a reader has taken something, or forgets the oldest bytes. Thread-safe; one thread writes.
 */
public final class Spool implements Output {
    /** How much of a stream is kept in memory. */
    static final int MEMORY = 256 << 10;

    private static final int FIRST_BUFFER = 4 << 10;
    private static final int LONGEST_READ = 256 << 10;

    /** How long a full spool waits at most before it looks again for room that others have freed. */
    private static final long LOOK_AGAIN_MS = 200;

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
     * What is kept when a stream gets long.
     *
     * @param extents most parts of a file, each of {@link SpoolFile#EXTENT} bytes; at least 2
     * @param replay how many bytes that a reader has taken are kept at least, for it to come back
     * @param waits whether the writer waits when there is no room; else the oldest bytes are forgotten
     */
    record Retention(int extents, long replay, boolean waits) {
        /** For commands. Clients take up to 64 MiB before they look at them. */
        static final Retention COMMAND = new Retention(256, 80L << 20, true);

        /** For the main process of a sandbox, which nobody may ever read. */
        static final Retention TAIL = new Retention(8, 0, false);
    }

    Spool(SpoolSpace.Share space, Retention retention) {
        this.space = space;
        this.retention = retention;
    }

    /** Adds bytes; waits while there is no room. Dropped once it was freed. */
    synchronized void append(byte[] bytes) throws InterruptedException {
        for (int done = 0; done < bytes.length && !freed; ) {
            var count = store(bytes, done);
            if (count == 0) {
                wait(LOOK_AGAIN_MS);
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

    /** Makes room by forgetting the oldest bytes, if that is allowed. */
    private boolean forgetSome(SpoolFile from, long position) {
        var dropped = from.first() + SpoolFile.EXTENT + inMemory;
        // others have all the room: rather go on with readers that stay than keep much for those that come back
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

    /** Ends it: readers are told once they have read everything. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Ends it with a failure, which readers get once they have read everything that is there. */
    synchronized void fail(StatusRuntimeException why) {
        if (!ended) {
            failure = why;
            end();
        }
    }

    /** Forgets everything. */
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
            took(position);
        }
    }

    private record Piece(long offset, ByteString bytes) {}

    private synchronized void took(long position) {
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
                        .withDescription("the output isn't kept any more")
                        .asRuntimeException();
            }
            if (wanted < start && retention.waits()) {
                throw Status.DATA_LOSS
                        .withDescription("the output before byte " + start + " isn't kept any more")
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
            throw new IllegalStateException("byte " + position + " is nowhere");
        }
        var bytes = new byte[(int) Math.min(LONGEST_READ, end - position)];
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
