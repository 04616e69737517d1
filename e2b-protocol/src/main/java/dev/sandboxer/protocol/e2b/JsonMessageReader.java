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
 * Reads messages in Protobuf's JSON format from an untrusted peer. Null means an absent field. Unknown fields and enum names are ignored,
 * since a newer peer may send them; a value of a wrong type is refused.
 */
final class JsonMessageReader {
    private static final int DEEPEST = 64;
    private static final int MAX_NUMBER_LENGTH = 40;
    private static final int MAX_REASON_LENGTH = 300;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    private final JsonParser json;

    private JsonMessageReader(JsonParser json) {
        this.json = json;
    }

    @SuppressWarnings("unchecked") // a message's builder builds messages of its type
    static <M extends Message> M read(byte[] bytes, M prototype) {
        try (var json = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            var builder = prototype.newBuilderForType();
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw refused("the body must be a JSON object", null);
            }
            new JsonMessageReader(json).fields(builder);
            if (json.nextToken() != null) {
                throw refused("there is data after the message", null);
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

    /** Finds a field by its name in camel case, or by its name in the definition. */
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
            throw wrong("can't be combined with another field: a message can have only one " + choice.getName());
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
        require(JsonToken.START_ARRAY, "must be a list");
        builder.clearField(field);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            var element = value(builder, field);
            if (element != null) {
                builder.addRepeatedField(field, element);
            }
        }
    }

    /** Reads a map. Its entries are messages with a key, which is a string, and a value. */
    private void map(Message.Builder builder, FieldDescriptor field) {
        require(JsonToken.START_OBJECT, "must be an object");
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

    /** Reads a value; null for an unknown enum name. */
    private @Nullable Object value(Message.Builder builder, FieldDescriptor field) {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            throw wrong("must not be null");
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
        require(JsonToken.START_OBJECT, "must be an object");
        var inner = builder.newBuilderForField(field);
        fields(inner);
        return inner.build();
    }

    private Timestamp time() {
        try {
            return Timestamps.of(Instant.parse(text()));
        } catch (DateTimeException e) {
            throw wrong("must be a time such as 2026-11-24T12:00:00Z");
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

    /** Reads a whole number. It may also be a string, and may have a fraction of zero. */
    private long number(long least, long most) {
        if (json.currentToken().isNumeric() || json.currentToken() == JsonToken.VALUE_STRING) {
            var text = json.getString();
            try {
                // parsing takes time proportional to the square of the length
                var number = text.length() > MAX_NUMBER_LENGTH ? null : new BigDecimal(text).longValueExact();
                if (number != null && number >= least && number <= most) {
                    return number;
                }
            } catch (ArithmeticException | NumberFormatException e) {
                // refused below
            }
        }
        throw wrong("must be a whole number from " + least + " to " + most);
    }

    private boolean bool() {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw wrong("must be true or false");
        };
    }

    private String text() {
        require(JsonToken.VALUE_STRING, "must be a string");
        return wellFormed(json.getString());
    }

    /** Refuses an unpaired surrogate: JSON can carry it, Protobuf can't. */
    private String wellFormed(String text) {
        if (text.codePoints().anyMatch(JsonMessageReader::isSurrogate)) {
            throw wrong("has an unpaired surrogate");
        }
        return text;
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** Reads base64 in either alphabet, with or without padding. */
    private ByteString bytes() {
        require(JsonToken.VALUE_STRING, "must be base64");
        var text = json.getString().replace('-', '+').replace('_', '/');
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw wrong("must be base64");
        }
    }

    private void require(JsonToken token, String problem) {
        if (json.currentToken() != token) {
            throw wrong(problem);
        }
    }

    private ConnectException wrong(String problem) {
        var path = json.streamReadContext().pathAsPointer().toString();
        return refused("the field " + firstLine(path) + " " + problem, null);
    }

    private static ConnectException refused(String message, @Nullable Throwable cause) {
        return new ConnectException(ConnectCode.INVALID_ARGUMENT, message, cause);
    }

    /** Returns the first line, shortened because it may quote the caller's input. */
    private static String firstLine(String message) {
        var end = message.indexOf('\n');
        return message.substring(0, Math.min(MAX_REASON_LENGTH, end < 0 ? message.length() : end));
    }
}
