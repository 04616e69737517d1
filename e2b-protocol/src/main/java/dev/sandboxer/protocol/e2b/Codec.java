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
 * The two forms in which Connect carries a message; the content type says which. Errors are JSON in both: see
 * {@link dev.sandboxer.connect.ConnectError}. Fields that we don't know are ignored.
 */
public enum Codec {
    /** Protobuf's JSON. */
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

    /** Protobuf's own form. */
    BINARY("proto") {
        @Override
        public byte[] write(Message message) {
            return message.toByteArray();
        }

        @Override
        @SuppressWarnings("unchecked") // a message's parser makes such messages
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

    /** The content type of a call that answers once, such as {@code application/json}. */
    public String unaryType() {
        return unaryType;
    }

    /** The content type of a call with a stream, such as {@code application/connect+json}. */
    public String streamType() {
        return streamType;
    }

    /** The codec of a call that answers once; empty for any other content type. In lower case, without parameters. */
    public static Optional<Codec> ofUnaryType(String type) {
        return Stream.of(values()).filter(codec -> codec.unaryType.equals(type)).findFirst();
    }

    /** The codec of a call with a stream; empty for any other content type. In lower case, without parameters. */
    public static Optional<Codec> ofStreamType(String type) {
        return Stream.of(values())
                .filter(codec -> codec.streamType.equals(type))
                .findFirst();
    }

    public abstract byte[] write(Message message);

    /**
     * Reads a message.
     *
     * @param prototype any message of that type
     * @throws ConnectException {@code INVALID_ARGUMENT}, saying what is wrong
     */
    public abstract <M extends Message> M read(byte[] bytes, M prototype);
}
