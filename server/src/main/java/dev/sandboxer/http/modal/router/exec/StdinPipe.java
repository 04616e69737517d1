package dev.sandboxer.http.modal.router.exec;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Passes a client's input to the standard input of a command. A writer gives the offset at which it continues, so that bytes sent twice are
 * written once. A new writer takes over from an earlier one, which has usually lost its connection. Thread-safe.
 */
public final class StdinPipe {
    private static final int CAPACITY = 512 << 10;
    private static final int PIECE = 64 << 10;

    private final ArrayDeque<ByteString> pieces = new ArrayDeque<>();
    private int pending;
    private long written;
    private boolean closed;
    private boolean commandEnded;
    private long newestWriter;
    private int piece;
    private long pieceStart;
    private long pieceEnd;

    /** Writes to the pipe until a newer writer takes over. */
    public final class Writer {
        private final long number;

        private Writer(long number) {
            this.number = number;
        }

        /**
         * Writes bytes; waits while the command doesn't read.
         *
         * @param offset the offset of the first byte in the whole input
         * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when the command has ended, the input was closed, or bytes
         *     are missing before these; {@code ABORTED} when a newer writer has taken over
         */
        public void write(long offset, ByteString bytes) throws InterruptedException {
            add(number, offset, bytes);
        }

        /** Like {@link #write(long, ByteString)}; {@code eof} closes the input after these bytes. */
        public void write(long offset, ByteString bytes, boolean eof) throws InterruptedException {
            write(offset, bytes);
            if (eof) {
                close();
            }
        }

        /** Closes the input. Closing it again, or after the command's end, changes nothing. */
        public void close() {
            closeInput(number);
        }
    }

    /**
     * The state of the pipe.
     *
     * @param written how many bytes writers have written
     */
    public record State(long written, boolean closed) {}

    /** Returns a new writer, which replaces the previous one. */
    public synchronized Writer newWriter() {
        newestWriter++;
        notifyAll();
        return new Writer(newestWriter);
    }

    /** Stops the current writer and returns the state, which doesn't change until there is a new writer. */
    public synchronized State stopWriter() {
        newestWriter++;
        notifyAll();
        return new State(written, closed);
    }

    /**
     * Writes a numbered piece with a new writer; a piece that is sent again is written once.
     *
     * @param number counts from 1
     * @param eof true to close the input after it
     * @throws StatusRuntimeException like {@link Writer#write(long, ByteString)}
     */
    public void writePiece(int number, ByteString bytes, boolean eof) throws InterruptedException {
        if (isNewest(number, bytes.size())) {
            newWriter().write(pieceStart(), bytes, eof);
        }
    }

    /** Records a piece; returns false for one before the newest, which has been written already. */
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

    private synchronized void add(long writer, long offset, ByteString bytes) throws InterruptedException {
        requireNoGap(offset);
        var from = (int) Math.min(written - offset, bytes.size());
        while (from < bytes.size()) {
            requireNewest(writer);
            requireOpen();
            if (pending >= CAPACITY) {
                wait();
            } else {
                var piece = bytes.substring(from, Math.min(from + PIECE, bytes.size()));
                pieces.add(piece);
                pending += piece.size();
                written += piece.size();
                from += piece.size();
                notifyAll();
            }
        }
    }

    private void requireNoGap(long offset) {
        if (offset < 0 || offset > written) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("standard input continues at byte " + written + ", not " + offset)
                    .asRuntimeException();
        }
    }

    private void requireNewest(long writer) {
        if (writer != newestWriter) {
            throw Status.ABORTED
                    .withDescription("another writer of standard input has taken over")
                    .asRuntimeException();
        }
    }

    private void requireOpen() {
        if (commandEnded) {
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

    private synchronized void closeInput(long writer) {
        requireNewest(writer);
        closed = true;
        notifyAll();
    }

    /** Waits for the next bytes; returns null when there are no more. Only the thread that passes them to the command may call it. */
    public synchronized @Nullable ByteString take() throws InterruptedException {
        while (pieces.isEmpty()) {
            if (closed || commandEnded) {
                return null;
            }
            wait();
        }
        var piece = pieces.remove();
        pending -= piece.size();
        notifyAll();
        return commandEnded ? null : piece;
    }

    /** Discards input until it is closed or the command has ended. */
    public void awaitClosed() throws InterruptedException {
        while (take() != null) {
            // discarded
        }
    }

    /** Records that the command has ended, and drops pending input. */
    synchronized void endCommand() {
        commandEnded = true;
        pieces.clear();
        pending = 0;
        notifyAll();
    }

    /** Returns true once the command has ended. */
    synchronized boolean hasCommandEnded() {
        return commandEnded;
    }
}
