package dev.sandboxer.http.modal.router.exec;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The standard input of a command, on its way there. A writer says at which byte it goes on, so that what is sent twice is written
 * once; and the newest writer takes over from one that is still at it, which has usually lost its connection. Thread-safe.
 */
public final class StdinPipe {
    private static final int CAPACITY = 512 << 10;
    private static final int PIECE = 64 << 10;

    private final ArrayDeque<ByteString> pieces = new ArrayDeque<>();
    private int waiting;
    private long written;
    private boolean closed;
    private boolean ended;
    private long newest;
    private int piece;
    private long pieceStart;
    private long pieceEnd;

    /** A writer's turn, which lasts until the next one begins. */
    public final class Turn {
        private final long number;

        private Turn(long number) {
            this.number = number;
        }

        /**
         * Adds bytes; waits while the command doesn't read.
         *
         * @param offset of the first of them, from the beginning of the input
         * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when the command has ended, the input was closed, or bytes
         *     are missing before these; {@code ABORTED} when another writer has begun
         */
        public void write(long offset, ByteString bytes) throws InterruptedException {
            add(number, offset, bytes);
        }

        /** Like {@link #write(long, ByteString)}; then ends the input, if these bytes are the last. */
        public void write(long offset, ByteString bytes, boolean eof) throws InterruptedException {
            write(offset, bytes);
            if (eof) {
                close();
            }
        }

        /** Ends the input. Once is enough; after the command's end it changes nothing. */
        public void close() {
            closeInput(number);
        }
    }

    /** What has arrived. */
    public record State(long written, boolean closed) {}

    /** Begins a turn, and ends the one before. */
    public synchronized Turn begin() {
        newest++;
        notifyAll();
        return new Turn(newest);
    }

    /** What has arrived. A writer that is still at it is stopped, so that it stays at that. */
    public synchronized State settle() {
        newest++;
        notifyAll();
        return new State(written, closed);
    }

    /**
     * Adds a numbered piece; one that comes again is written once. A turn of its own.
     *
     * @param number counts from 1
     * @param eof whether the input ends with it
     * @throws StatusRuntimeException like {@link Turn#write}
     */
    public void writePiece(int number, ByteString bytes, boolean eof) throws InterruptedException {
        if (isNewest(number, bytes.size())) {
            begin().write(pieceStart(), bytes, eof);
        }
    }

    /** Returns false for a piece before the last one, which has been written. */
    private synchronized boolean isNewest(int number, int size) {
        if (number > piece) {
            piece = number;
            pieceStart = pieceEnd;
            pieceEnd += size;
        }
        return number == piece;
    }

    private synchronized long pieceStart() {
        return pieceStart;
    }

    private synchronized void add(long turn, long offset, ByteString bytes) throws InterruptedException {
        requireNoGap(offset);
        var from = (int) Math.min(written - offset, bytes.size());
        while (from < bytes.size()) {
            requireTurn(turn);
            requireOpen();
            if (waiting >= CAPACITY) {
                wait();
            } else {
                var piece = bytes.substring(from, Math.min(from + PIECE, bytes.size()));
                pieces.add(piece);
                waiting += piece.size();
                written += piece.size();
                from += piece.size();
                notifyAll();
            }
        }
    }

    private void requireNoGap(long offset) {
        if (offset < 0 || offset > written) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("standard input goes on at byte " + written + ", not " + offset)
                    .asRuntimeException();
        }
    }

    private void requireTurn(long turn) {
        if (turn != newest) {
            throw Status.ABORTED
                    .withDescription("another writer of standard input has taken over")
                    .asRuntimeException();
        }
    }

    private void requireOpen() {
        if (ended) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("the command has ended and reads no more input")
                    .asRuntimeException();
        }
        if (closed) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("standard input was closed at byte " + written)
                    .asRuntimeException();
        }
    }

    private synchronized void closeInput(long turn) {
        requireTurn(turn);
        closed = true;
        notifyAll();
    }

    /** Waits for the next bytes; null when there are no more. For the one thread that hands them to the command. */
    public synchronized @Nullable ByteString take() throws InterruptedException {
        while (pieces.isEmpty()) {
            if (closed || ended) {
                return null;
            }
            wait();
        }
        var piece = pieces.remove();
        waiting -= piece.size();
        notifyAll();
        return ended ? null : piece;
    }

    /** Waits until the writer has closed it or the command has ended, and throws away what comes. */
    public void awaitClosed() throws InterruptedException {
        while (take() != null) {
            // not for anybody
        }
    }

    /** The command reads no more. */
    synchronized void end() {
        ended = true;
        pieces.clear();
        waiting = 0;
        notifyAll();
    }

    /** Whether the command ended before the writer closed it. */
    synchronized boolean isEnded() {
        return ended;
    }
}
