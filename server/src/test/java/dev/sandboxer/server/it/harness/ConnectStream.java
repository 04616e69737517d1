package dev.sandboxer.server.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import tools.jackson.databind.JsonNode;

/** A streaming call in JSON: one request message, many answers. */
public final class ConnectStream implements AutoCloseable {
    public static final String TYPE = "application/connect+json";

    private final Wire wire;
    private final InputStream body;

    private ConnectStream(Wire wire, InputStream body) {
        this.wire = wire;
        this.body = body;
    }

    /** The message of one frame. The last one says how the call ended. */
    public record Message(boolean end, JsonNode json) {
        /** Returns the code of the failure; empty if the call succeeded or has not ended. */
        public String error() {
            return json.path("error").path("code").asString("");
        }
    }

    public static ConnectStream open(Guest guest, String method, String json, String... headers) throws IOException {
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

    public static byte[] frame(int flags, byte[] content) {
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) flags)
                .putInt(content.length)
                .put(content)
                .array();
    }

    /**
     * Returns the next message.
     *
     * @throws EOFException if the connection is cut
     */
    public Message next() throws IOException {
        return read(body);
    }

    public static Message read(InputStream body) throws IOException {
        var head = body.readNBytes(5);
        if (head.length < 5) {
            throw new EOFException("the answer ended without its last message");
        }
        var content = body.readNBytes(ByteBuffer.wrap(head).getInt(1));
        return new Message(head[0] == 2, LiveServer.JSON.readTree(content));
    }

    /** Returns the pid from the first message of a process. */
    public int pid() throws IOException {
        return next().json().path("event").path("start").path("pid").asInt();
    }

    /** Returns the next piece of standard output, and skips keepalives before it. */
    public String stdout() throws IOException {
        for (var message = next(); !message.end(); message = next()) {
            var piece = message.json().path("event").path("data").path("stdout").asString("");
            if (!piece.isEmpty()) {
                return new String(Base64.getDecoder().decode(piece), UTF_8);
            }
        }
        throw new AssertionError("the call ended");
    }

    /** Returns the last message. */
    public Message last() throws IOException {
        var message = next();
        while (!message.end()) {
            message = next();
        }
        return message;
    }

    /** Returns true if the body ends regularly. The connection stays open. */
    public boolean endsWell() throws IOException {
        return body.read() < 0;
    }

    public Wire wire() {
        return wire;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
