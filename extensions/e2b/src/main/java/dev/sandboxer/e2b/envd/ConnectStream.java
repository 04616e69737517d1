package dev.sandboxer.e2b.envd;

import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.connect.Envelope;
import dev.sandboxer.connect.EnvelopeReader;
import dev.sandboxer.protocol.e2b.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the messages of a server stream. One thread reads, any thread may close. */
final class ConnectStream<T> implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 4 << 20;

    private final InputStream body;
    private final EnvelopeReader envelopes;
    private final Function<byte[], T> decoder;

    private ConnectStream(InputStream body, EnvelopeReader envelopes, Function<byte[], T> decoder) {
        this.body = body;
        this.envelopes = envelopes;
        this.decoder = decoder;
    }

    /**
     * Opens a stream.
     *
     * @param prototype any message of the type that arrives
     */
    static <M extends Message> ConnectStream<M> of(InputStream body, M prototype) {
        var envelopes = new EnvelopeReader(body, MAX_MESSAGE_BYTES);
        return new ConnectStream<>(body, envelopes, content -> Codec.JSON.read(content, prototype));
    }

    /** Returns this stream with a part of each message in its place. */
    <P> ConnectStream<P> map(Function<T, P> part) {
        return new ConnectStream<>(body, envelopes, decoder.andThen(part));
    }

    /**
     * Returns the next message; null when the stream ended successfully.
     *
     * @throws ConnectException the error that the server ended the stream with
     * @throws IOException when the stream broke, or ended without an end-of-stream message
     */
    @Nullable T next() throws IOException {
        var envelope = receive();
        if (envelope.end()) {
            var error = ConnectError.ofEndOfStream(envelope.content());
            if (error.isPresent()) {
                throw error.get().toException();
            }
            return null;
        }
        return message(envelope);
    }

    private T message(Envelope envelope) throws IOException {
        try {
            return decoder.apply(envelope.content());
        } catch (ConnectException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Envelope receive() throws IOException {
        try {
            var envelope = envelopes.next();
            if (envelope == null) {
                throw new IOException("the stream ended without its last message");
            }
            return envelope;
        } catch (ConnectException e) {
            // from our reader, for a broken frame; not an error that the server sent
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Ends the transfer. The process or watch on the server keeps running. */
    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // the stream is closed even if close() throws
        }
    }
}
