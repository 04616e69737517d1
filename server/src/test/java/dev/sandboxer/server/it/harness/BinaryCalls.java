package dev.sandboxer.server.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.sandboxer.protocol.e2b.Codec;
import java.io.IOException;

/** Calls of a sandbox's services in binary Protobuf, and in either codec. */
public record BinaryCalls(Guest guest) {
    public Answer ask(String method, String type, byte[] body) throws IOException {
        try (var wire = guest.server().connect()) {
            return wire.send(guest.post(method, type) + "Content-Length: " + body.length + "\r\n\r\n")
                    .send(body)
                    .answer();
        }
    }

    public Answer ask(String method, Codec codec, Message request) throws IOException {
        return ask(method, codec.unaryType(), codec.write(request));
    }

    public <M extends Message> M call(String method, Codec codec, Message request, M prototype) throws IOException {
        var answer = ask(method, codec, request);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo(codec.unaryType());
        return codec.read(answer.content(), prototype);
    }

    public <M extends Message> M call(String method, Message request, M prototype) throws IOException {
        return call(method, Codec.BINARY, request, prototype);
    }

    /** Returns the answer, and requires that the answer in JSON is the same message. */
    public <M extends Message> M inBoth(String method, Message request, M prototype) throws IOException {
        var binary = call(method, request, prototype);
        assertThat(call(method, Codec.JSON, request, prototype)).isEqualTo(binary);
        return binary;
    }

    /** Calls a method that answers with a stream. */
    public <M extends Message> BinaryStream<M> stream(String method, M prototype, Message... requests)
            throws IOException {
        return BinaryStream.open(guest, method, prototype, requests);
    }
}
