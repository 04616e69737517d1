package dev.sandboxer.e2b;

import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.connect.Envelope;
import dev.sandboxer.connect.EnvelopeReader;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The messages of a server's stream. One thread reads, any thread closes. */
final class ConnectStream implements AutoCloseable {
    private static final int LONGEST_MESSAGE = 4 << 20;

    private final InputStream body;
    private final EnvelopeReader envelopes;

    ConnectStream(InputStream body) {
        this.body = body;
        this.envelopes = new EnvelopeReader(body, LONGEST_MESSAGE);
    }

    /**
     * The next message; null when the stream ended well.
     *
     * @throws ConnectException what the other side ended it with
     * @throws IOException when it broke: also when it ended without saying how
     */
    @Nullable JsonNode next() throws IOException {
        var envelope = receive();
        if (envelope.end()) {
            var error = ConnectError.ofEndOfStream(envelope.content());
            if (error.isPresent()) {
                throw error.get().toException();
            }
            return null;
        }
        return Json.tree(envelope.content());
    }

    private Envelope receive() throws IOException {
        try {
            var envelope = envelopes.next();
            if (envelope == null) {
                throw new IOException("the stream ended without its last message");
            }
            return envelope;
        } catch (ConnectException e) {
            // our reader's word for a broken frame, not the other side's for the outcome
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Ends the transfer; what runs on the other side goes on. */
    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // it is closed all the same
        }
    }
}
