package dev.sandboxer.protocol.e2b;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes messages in Protobuf's JSON format: fields in the order of their numbers, without fields that have their default value. */
final class JsonMessageWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator json;

    private JsonMessageWriter(JsonGenerator json) {
        this.json = json;
    }

    static byte[] write(Message message) {
        var bytes = new ByteArrayOutputStream(256);
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            new JsonMessageWriter(json).object(message);
        }
        return bytes.toByteArray();
    }

    private void object(Message message) {
        json.writeStartObject();
        for (var entry : message.getAllFields().entrySet()) {
            var field = entry.getKey();
            json.writeName(field.getJsonName());
            if (field.isMapField()) {
                map(field, (List<?>) entry.getValue());
            } else if (field.isRepeated()) {
                list(field, (List<?>) entry.getValue());
            } else {
                value(field, entry.getValue());
            }
        }
        json.writeEndObject();
    }

    private void list(FieldDescriptor field, List<?> elements) {
        json.writeStartArray();
        for (Object element : elements) {
            value(field, element);
        }
        json.writeEndArray();
    }

    /** Writes a map. Its entries are messages with a key and a value. */
    private void map(FieldDescriptor field, List<?> entries) {
        var key = field.getMessageType().findFieldByNumber(1);
        var value = field.getMessageType().findFieldByNumber(2);
        json.writeStartObject();
        for (Object entry : entries) {
            var message = (Message) entry;
            json.writeName((String) message.getField(key));
            value(value, message.getField(value));
        }
        json.writeEndObject();
    }

    private void value(FieldDescriptor field, Object value) {
        switch (field.getType()) {
            case INT32, SINT32 -> json.writeNumber((int) value);
            case UINT32 -> json.writeNumber(Integer.toUnsignedLong((int) value));
            case INT64 -> json.writeString(Long.toString((long) value));
            case BOOL -> json.writeBoolean((boolean) value);
            case STRING -> json.writeString((String) value);
            case BYTES -> json.writeBinary(((ByteString) value).toByteArray());
            case ENUM -> enumValue((EnumValueDescriptor) value);
            case MESSAGE -> {
                if (value instanceof Timestamp time) {
                    json.writeString(Timestamps.instant(time).toString());
                } else {
                    object((Message) value);
                }
            }
            default -> throw new IllegalArgumentException("E2B's protocol has no field like " + field);
        }
    }

    /** Writes an enum value by its name, or by its number if the name is unknown. */
    private void enumValue(EnumValueDescriptor value) {
        if (value.getIndex() < 0) {
            json.writeNumber(value.getNumber());
        } else {
            json.writeString(value.getName());
        }
    }
}
