package dev.sandboxer.charging;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What consumers note on their sandboxes, for the bill. */
final class Tags {
    private Tags() {}

    /** As a JSON object; null = nothing, for which nothing of JSON is loaded. */
    static @Nullable String json(Map<String, String> metadata) {
        return metadata.isEmpty() ? null : Json.write(metadata);
    }

    private static final class Json {
        private static final JsonMapper MAPPER = JsonMapper.builder().build();

        static String write(Map<String, String> metadata) {
            return MAPPER.writeValueAsString(new TreeMap<>(metadata));
        }
    }
}
