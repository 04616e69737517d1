package dev.sandboxer.http.modal.router.exec;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;

/** An output stream of a command. Any number of readers may read it at once, each from any byte. Thread-safe. */
public interface Output {
    /** An empty stream. */
    Output EMPTY = (offset, sink) -> {};

    /**
     * Passes all bytes from an offset on to a sink; returns when the stream has ended and everything was passed on.
     *
     * @param offset counts from 0
     * @throws StatusRuntimeException {@code DATA_LOSS} when bytes from there on are no longer kept; {@code OUT_OF_RANGE} when the
     *     stream has ended before that byte; {@code NOT_FOUND} when none of the stream is kept any longer
     * @throws InterruptedException when the reading thread was interrupted
     */
    void transfer(long offset, Sink sink) throws InterruptedException;

    /** Takes the bytes that are read. */
    interface Sink {
        /**
         * Takes some bytes; returns when it is ready for more.
         *
         * @param offset the offset of the first byte
         */
        void accept(long offset, ByteString bytes) throws InterruptedException;
    }
}
