package dev.sandboxer.payments.bill;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Writes and reads the JSON in bills. Decimals are written in full, never with an exponent. */
final class Json {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private Json() {}

    static String write(Map<String, ? extends @Nullable Object> object) {
        return JSON.writeValueAsString(object);
    }

    static String quoted(String text) {
        return JSON.writeValueAsString(text);
    }

    /** @throws tools.jackson.core.JacksonException if the text is not JSON */
    static JsonNode read(String text) {
        return JSON.readTree(text);
    }
}
