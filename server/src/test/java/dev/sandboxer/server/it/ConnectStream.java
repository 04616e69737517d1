package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import tools.jackson.databind.JsonNode;

/** A streaming call: one message there, many back. */
final class ConnectStream implements AutoCloseable {
    static final String TYPE = "application/connect+json";

    private final Wire wire;
    private final InputStream body;

    private ConnectStream(Wire wire, InputStream body) {
        this.wire = wire;
        this.body = body;
    }

    /** What came in one frame; the last tells how the call ended. */
    record Message(boolean end, JsonNode json) {
        /** The code of a failure; empty = it went well, or is not over. */
        String error() {
            return json.path("error").path("code").asString("");
        }
    }

    static ConnectStream open(Guest guest, String method, String json, String... headers) throws IOException {
        var frame = frame(0, json.getBytes(UTF_8));
        var wire = guest.server().connect();
        try {
            wire.send(request(guest, method, frame.length, headers)).send(frame);
            var answer = new Answer(wire.head(), new byte[0]);
            assertThat(answer.status()).as(answer.head()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo(TYPE);
            assertThat(answer.headers("Connection")).isEmpty();
            return new ConnectStream(wire, new Chunked(wire.input()));
        } catch (IOException | RuntimeException | Error e) {
            wire.close();
            throw e;
        }
    }

    private static String request(Guest guest, String method, int length, String... headers) {
        var more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return guest.post(method, TYPE) + more + "Content-Length: " + length + "\r\n\r\n";
    }

    static byte[] frame(int flags, byte[] content) {
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) flags)
                .putInt(content.length)
                .put(content)
                .array();
    }

    /**
     * The next message.
     *
     * @throws EOFException when the connection is cut
     */
    Message next() throws IOException {
        return read(body);
    }

    static Message read(InputStream body) throws IOException {
        var head = body.readNBytes(5);
        if (head.length < 5) {
            throw new EOFException("the answer ended without its last message");
        }
        var content = body.readNBytes(ByteBuffer.wrap(head).getInt(1));
        return new Message(head[0] == 2, LiveServer.JSON.readTree(content));
    }

    /** The pid that a process begins with. */
    int pid() throws IOException {
        return next().json().path("event").path("start").path("pid").asInt();
    }

    /** The next piece of standard output; silence before it is passed over. */
    String stdout() throws IOException {
        for (var message = next(); !message.end(); message = next()) {
            var piece = message.json().path("event").path("data").path("stdout").asString("");
            if (!piece.isEmpty()) {
                return new String(Base64.getDecoder().decode(piece), UTF_8);
            }
        }
        throw new AssertionError("the call ended");
    }

    /** The last message. */
    Message last() throws IOException {
        var message = next();
        while (!message.end()) {
            message = next();
        }
        return message;
    }

    /** Whether the body has its regular end, of which the connection outlives. */
    boolean endsWell() throws IOException {
        return body.read() < 0;
    }

    Wire wire() {
        return wire;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
