package dev.sandboxer.protocol.e2b;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The two encodings of messages in the Connect protocol, selected by the content type. Errors are JSON with either encoding: see
 * {@link dev.sandboxer.connect.ConnectError}. Unknown fields are ignored.
 */
public enum Codec {
    /** Protobuf's JSON format. */
    JSON("json") {
        @Override
        public byte[] write(Message message) {
            return JsonMessageWriter.write(message);
        }

        @Override
        public <M extends Message> M read(byte[] bytes, M prototype) {
            return JsonMessageReader.read(bytes, prototype);
        }
    },

    /** Protobuf's binary format. */
    BINARY("proto") {
        @Override
        public byte[] write(Message message) {
            return message.toByteArray();
        }

        @Override
        @SuppressWarnings("unchecked") // a message's parser returns messages of its type
        public <M extends Message> M read(byte[] bytes, M prototype) {
            try {
                return DiscardUnknownFieldsParser.wrap((Parser<M>) prototype.getParserForType())
                        .parseFrom(bytes);
            } catch (InvalidProtocolBufferException e) {
                throw new ConnectException(
                        ConnectCode.INVALID_ARGUMENT, "the message is not Protobuf: " + e.getMessage(), e);
            }
        }
    };

    private final String unaryType;
    private final String streamType;

    Codec(String name) {
        this.unaryType = "application/" + name;
        this.streamType = "application/connect+" + name;
    }

    /** Returns the content type of a unary call, such as {@code application/json}. */
    public String unaryType() {
        return unaryType;
    }

    /** Returns the content type of a streaming call, such as {@code application/connect+json}. */
    public String streamType() {
        return streamType;
    }

    /**
     * Returns the codec for the content type of a unary call; empty for any other type. The type is in lower case, without parameters.
     */
    public static Optional<Codec> ofUnaryType(String type) {
        return Stream.of(values()).filter(codec -> codec.unaryType.equals(type)).findFirst();
    }

    /**
     * Returns the codec for the content type of a streaming call; empty for any other type. The type is in lower case, without parameters.
     */
    public static Optional<Codec> ofStreamType(String type) {
        return Stream.of(values())
                .filter(codec -> codec.streamType.equals(type))
                .findFirst();
    }

    public abstract byte[] write(Message message);

    /**
     * Reads a message.
     *
     * @param prototype any message of the expected type
     * @throws ConnectException {@code INVALID_ARGUMENT}, with a message that says what is wrong
     */
    public abstract <M extends Message> M read(byte[] bytes, M prototype);
}
