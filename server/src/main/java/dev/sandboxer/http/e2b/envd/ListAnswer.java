package dev.sandboxer.http.e2b.envd;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import dev.sandboxer.protocol.e2b.Codec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes a message with one repeated field, whose number is 1, element by element. So a long list is never in memory as a whole. Not
 * thread-safe.
 */
final class ListAnswer {
    private static final int FIELD = 1;

    private final Codec codec;
    private final String field;
    private final BufferedAnswer answer;
    private boolean begun;

    /**
     * @param field the field's name in JSON
     */
    ListAnswer(Codec codec, String field, BufferedAnswer answer) {
        this.codec = codec;
        this.field = field;
        this.answer = answer;
    }

    void add(Message element) {
        var bytes = codec.write(element);
        answer.add(
                switch (codec) {
                    case JSON -> (begun ? "," : "{\"" + field + "\":[").getBytes(StandardCharsets.UTF_8);
                    case BINARY -> head(bytes.length);
                });
        answer.add(bytes);
        begun = true;
    }

    /** Ends the message. To be called once, after the last element. */
    void end() {
        if (codec == Codec.JSON) {
            answer.add((begun ? "]}" : "{}").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static byte[] head(int length) {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeTag(FIELD, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(length);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
