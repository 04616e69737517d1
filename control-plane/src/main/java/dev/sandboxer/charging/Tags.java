package dev.sandboxer.charging;

import dev.sandboxer.names.SandboxNames;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Converts the metadata of sandboxes to the tags on the bill. */
final class Tags {
    /** Events have at most 64 KiB, and an escape turns one character into up to six. */
    private static final int MAX_LENGTH = 8 * 1024;

    private Tags() {}

    /**
     * Returns the tags as a JSON object. If they are too long for a line of the bill, a single tag says so instead. Null = no tags; then no
     * JSON class is loaded.
     */
    static @Nullable String json(Map<String, String> metadata) {
        if (metadata.keySet().stream().allMatch(SandboxNames::isReserved)) {
            return null;
        }
        var text = Json.write(metadata);
        return text.length() <= MAX_LENGTH ? text : "{\"x_left_out\":\"too long\"}";
    }

    private static final class Json {
        private static final JsonMapper MAPPER = JsonMapper.builder().build();

        static String write(Map<String, String> metadata) {
            var own = new TreeMap<>(metadata);
            own.keySet().removeIf(SandboxNames::isReserved);
            return MAPPER.writeValueAsString(own);
        }
    }
}
