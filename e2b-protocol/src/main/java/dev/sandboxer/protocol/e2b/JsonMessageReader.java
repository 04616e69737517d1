package dev.sandboxer.protocol.e2b;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads messages in Protobuf's JSON from a peer who may lie. Null is an absent field. Fields and enum values that have no
 * name here are ignored, since a newer peer may send them; a value of a wrong type is refused.
 */
final class JsonMessageReader {
    private static final int DEEPEST = 64;
    private static final int LONGEST_NUMBER = 40;
    private static final int LONGEST_REASON = 300;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    private final JsonParser json;

    private JsonMessageReader(JsonParser json) {
        this.json = json;
    }

    @SuppressWarnings("unchecked") // a message's builder makes such messages
    static <M extends Message> M read(byte[] bytes, M prototype) {
        try (var json = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            var builder = prototype.newBuilderForType();
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw refused("the message has to be a JSON object", null);
            }
            new JsonMessageReader(json).fields(builder);
            if (json.nextToken() != null) {
                throw refused("something follows the message", null);
            }
            return (M) builder.build();
        } catch (JacksonException e) {
            throw refused("the message is not JSON: " + firstLine(e.getOriginalMessage()), e);
        }
    }

    private void fields(Message.Builder builder) {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var field = field(builder.getDescriptorForType(), json.currentName());
            var token = json.nextToken();
            if (field == null) {
                json.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                field(builder, field);
            }
        }
    }

    /** A field may also have its name in the definition. */
    private static @Nullable FieldDescriptor field(Descriptor message, String name) {
        for (FieldDescriptor field : message.getFields()) {
            if (name.equals(field.getJsonName()) || name.equals(field.getName())) {
                return field;
            }
        }
        return null;
    }

    private void field(Message.Builder builder, FieldDescriptor field) {
        var choice = field.getRealContainingOneof();
        if (choice != null && builder.hasOneof(choice)) {
            throw wrong("is one too many: there can only be one " + choice.getName());
        }
        if (field.isMapField()) {
            map(builder, field);
        } else if (field.isRepeated()) {
            list(builder, field);
        } else {
            var value = value(builder, field);
            if (value != null) {
                builder.setField(field, value);
            }
        }
    }

    private void list(Message.Builder builder, FieldDescriptor field) {
        require(JsonToken.START_ARRAY, "has to be a list");
        builder.clearField(field);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            var element = value(builder, field);
            if (element != null) {
                builder.addRepeatedField(field, element);
            }
        }
    }

    /** Its entries are messages with a key, which is a text, and a value. */
    private void map(Message.Builder builder, FieldDescriptor field) {
        require(JsonToken.START_OBJECT, "has to be an object");
        builder.clearField(field);
        var key = field.getMessageType().findFieldByNumber(1);
        var value = field.getMessageType().findFieldByNumber(2);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var entry = builder.newBuilderForField(field).setField(key, wellFormed(json.currentName()));
            json.nextToken();
            var read = value(entry, value);
            if (read != null) {
                builder.addRepeatedField(field, entry.setField(value, read).build());
            }
        }
    }

    /** Null for an enum value that is not known here. */
    private @Nullable Object value(Message.Builder builder, FieldDescriptor field) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            throw wrong("may not be null");
        }
        return switch (field.getType()) {
            case INT32, SINT32 -> (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT32 -> (int) number(0, 0xffff_ffffL);
            case INT64 -> number(Long.MIN_VALUE, Long.MAX_VALUE);
            case BOOL -> bool();
            case STRING -> text();
            case BYTES -> bytes();
            case ENUM -> enumValue(field);
            case MESSAGE -> message(builder, field);
            default -> throw new IllegalArgumentException("E2B's protocol has no field like " + field);
        };
    }

    private Message message(Message.Builder builder, FieldDescriptor field) {
        if (field.getMessageType().equals(Timestamp.getDescriptor())) {
            return time();
        }
        require(JsonToken.START_OBJECT, "has to be an object");
        var inner = builder.newBuilderForField(field);
        fields(inner);
        return inner.build();
    }

    private Timestamp time() {
        try {
            return Timestamps.of(Instant.parse(text()));
        } catch (DateTimeException e) {
            throw wrong("has to be a time such as 2026-11-24T12:00:00Z");
        }
    }

    private @Nullable Object enumValue(FieldDescriptor field) {
        var type = field.getEnumType();
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            var text = json.getString();
            return text.matches("-?[0-9]{1,9}")
                    ? type.findValueByNumberCreatingIfUnknown(Integer.parseInt(text))
                    : type.findValueByName(text);
        }
        return type.findValueByNumberCreatingIfUnknown((int) number(Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    /** A whole number may be a text, and may be written with a fraction of zero. */
    private long number(long least, long most) {
        if (json.currentToken().isNumeric() || json.currentToken() == JsonToken.VALUE_STRING) {
            var text = json.getString();
            try {
                // a longer one takes the time of its length squared
                var number = text.length() > LONGEST_NUMBER ? null : new BigDecimal(text).longValueExact();
                if (number != null && number >= least && number <= most) {
                    return number;
                }
            } catch (ArithmeticException | NumberFormatException e) {
                // said below
            }
        }
        throw wrong("has to be a whole number from " + least + " to " + most);
    }

    private boolean bool() {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw wrong("has to be true or false");
        };
    }

    private String text() {
        require(JsonToken.VALUE_STRING, "has to be a text");
        return wellFormed(json.getString());
    }

    /** JSON can carry half a surrogate pair, Protobuf can't. */
    private String wellFormed(String text) {
        if (text.codePoints().anyMatch(JsonMessageReader::isHalf)) {
            throw wrong("has half a surrogate pair");
        }
        return text;
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** In either alphabet, with padding or without. */
    private ByteString bytes() {
        require(JsonToken.VALUE_STRING, "has to be base64");
        var text = json.getString().replace('-', '+').replace('_', '/');
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw wrong("has to be base64");
        }
    }

    private void require(JsonToken token, String otherwise) {
        if (json.currentToken() != token) {
            throw wrong(otherwise);
        }
    }

    private ConnectException wrong(String what) {
        var place = json.streamReadContext().pathAsPointer().toString();
        return refused("the field " + firstLine(place) + " " + what, null);
    }

    private static ConnectException refused(String why, @Nullable Throwable cause) {
        return new ConnectException(ConnectCode.INVALID_ARGUMENT, why, cause);
    }

    /** It may quote the caller's own text: bounded. */
    private static String firstLine(String message) {
        var end = message.indexOf('\n');
        return message.substring(0, Math.min(LONGEST_REASON, end < 0 ? message.length() : end));
    }
}
