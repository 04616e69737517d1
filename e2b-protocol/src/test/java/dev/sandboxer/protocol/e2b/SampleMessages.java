package dev.sandboxer.protocol.e2b;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Messages of every type of the protocol with random content. */
final class SampleMessages {
    private static final List<String> TEXTS = List.of("", "x", "/a b/ü\u0000\"\\\n", "\uD83D\uDE00".repeat(3), "-1");
    private static final int[] NUMBERS = {0, 1, -1, 80, Integer.MAX_VALUE, Integer.MIN_VALUE};

    private final RandomGenerator random;

    SampleMessages(RandomGenerator random) {
        this.random = random;
    }

    /** Returns one empty message of each type. */
    static List<Message> empty() {
        return Stream.of(ProcessProto.class, FilesystemProto.class)
                .flatMap(SampleMessages::nested)
                .toList();
    }

    private static Stream<Message> nested(Class<?> outer) {
        return Stream.of(outer.getDeclaredClasses())
                .filter(type -> !Modifier.isInterface(type.getModifiers()) && Message.class.isAssignableFrom(type))
                .flatMap(type -> Stream.concat(Stream.of(defaultOf(type)), nested(type)));
    }

    private static Message defaultOf(Class<?> type) {
        try {
            return (Message) type.getMethod("getDefaultInstance").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a message of the same type with random fields. */
    Message fill(Message empty) {
        try {
            return empty.getParserForType()
                    .parseFrom(filled(empty.getDescriptorForType()).toByteString());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private Message filled(Descriptor type) {
        var message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (random.nextInt(4) == 0) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = field.isMapField() ? 1 : random.nextInt(4); i > 0; i--) {
                    message.addRepeatedField(field, value(field));
                }
            } else {
                message.setField(field, value(field)); // of a oneof the last field stays
            }
        }
        return message.build();
    }

    private Object value(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT -> NUMBERS[random.nextInt(NUMBERS.length)];
            case LONG -> random.nextBoolean() ? random.nextLong() : 0L;
            case BOOLEAN -> random.nextBoolean();
            case STRING -> TEXTS.get(random.nextInt(TEXTS.size()));
            case BYTE_STRING -> bytes();
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(20));
            case MESSAGE ->
                field.getMessageType().equals(Timestamp.getDescriptor())
                        ? Timestamps.of(
                                java.time.Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)))
                        : filled(field.getMessageType());
            default -> throw new IllegalArgumentException("no samples for the type of " + field);
        };
    }

    private ByteString bytes() {
        var bytes = new byte[random.nextInt(50)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /** Returns a message of a random type with random fields. */
    Message any() {
        var all = new ArrayList<>(empty());
        return fill(all.get(random.nextInt(all.size())));
    }
}
