package dev.sandboxer.http.modal.router.exec;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;

/** One output stream of a command. Any number of readers may read it at once, each from any byte. Thread-safe. */
public interface Output {
    /** A stream of a command that writes none. */
    Output EMPTY = (offset, sink) -> {};

    /**
     * Gives out everything from a byte on; returns when the stream has ended and all of it was given out.
     *
     * @param offset counts from 0
     * @throws StatusRuntimeException {@code DATA_LOSS} when bytes from there on aren't kept any more; {@code OUT_OF_RANGE} when the
     *     stream has ended before that byte; {@code NOT_FOUND} when nothing of it is kept any more
     * @throws InterruptedException when the reading thread was interrupted
     */
    void transfer(long offset, Sink sink) throws InterruptedException;

    /** Takes what is read. */
    interface Sink {
        /**
         * Takes some bytes; returns when more may come.
         *
         * @param offset of the first of them
         */
        void accept(long offset, ByteString bytes) throws InterruptedException;
    }
}
