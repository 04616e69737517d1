package dev.sandboxer.server.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.Envelope;
import dev.sandboxer.connect.EnvelopeReader;
import dev.sandboxer.protocol.e2b.Codec;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;

/** A streaming call in binary Protobuf, as clients in Go make it: one request message, many answers. */
public final class BinaryStream<M extends Message> implements AutoCloseable {
    private final Wire wire;
    private final EnvelopeReader envelopes;
    private final M prototype;

    private BinaryStream(Wire wire, M prototype) {
        this.wire = wire;
        this.envelopes = new EnvelopeReader(new Chunked(wire.input()), 1 << 20);
        this.prototype = prototype;
    }

    public static <M extends Message> BinaryStream<M> open(Guest guest, String method, M prototype, Message... requests)
            throws IOException {
        var body = new ByteArrayOutputStream();
        for (Message request : requests) {
            body.writeBytes(ConnectStream.frame(0, Codec.BINARY.write(request)));
        }
        var wire = guest.server().connect();
        try {
            wire.send(guest.post(method, Codec.BINARY.streamType()) + "Content-Length: " + body.size() + "\r\n\r\n")
                    .send(body.toByteArray());
            var answer = new Answer(wire.head(), new byte[0]);
            assertThat(answer.status()).as(answer.head()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo(Codec.BINARY.streamType());
            return new BinaryStream<>(wire, prototype);
        } catch (IOException | RuntimeException | Error e) {
            wire.close();
            throw e;
        }
    }

    /** Returns the next message. */
    public M next() throws IOException {
        var envelope = envelope();
        assertThat(envelope.end()).as(new String(envelope.content(), UTF_8)).isFalse();
        return Codec.BINARY.read(envelope.content(), prototype);
    }

    /** Returns the error with which the stream ends; empty if it ends without one. */
    public Optional<ConnectError> end() throws IOException {
        var envelope = envelope();
        assertThat(envelope.end()).isTrue();
        return ConnectError.ofEndOfStream(envelope.content());
    }

    private Envelope envelope() throws IOException {
        var envelope = envelopes.next();
        if (envelope == null) {
            throw new EOFException("the answer ended without its last message");
        }
        return envelope;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
