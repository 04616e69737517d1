package dev.sandboxer.payments.bill;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON in bills: decimals in full, never with an exponent. */
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

    /** @throws tools.jackson.core.JacksonException when it is no JSON */
    static JsonNode read(String text) {
        return JSON.readTree(text);
    }
}
