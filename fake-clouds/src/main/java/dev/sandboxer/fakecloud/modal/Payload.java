package dev.sandboxer.fakecloud.modal;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;

/** The payload of messages: the field {@code data} in a stream's messages, the whole message in others. */
final class Payload {
    private Payload() {}

    static long size(Object message) {
        var field = data((Message) message);
        return field == null
                ? ((Message) message).getSerializedSize()
                : ((ByteString) ((Message) message).getField(field)).size();
    }

    /** Returns the message with only the first bytes of its data; null when nothing is left. */
    @SuppressWarnings("unchecked")
    static <M> @Nullable M first(M message, long bytes) {
        var whole = (Message) message;
        var field = data(whole);
        if (field == null || bytes == 0) {
            return null;
        }
        var data = (ByteString) whole.getField(field);
        return (M) whole.toBuilder()
                .setField(field, data.substring(0, (int) bytes))
                .build();
    }

    private static @Nullable FieldDescriptor data(Message message) {
        var field = message.getDescriptorForType().findFieldByName("data");
        return field == null || field.getType() != FieldDescriptor.Type.BYTES ? null : field;
    }
}
