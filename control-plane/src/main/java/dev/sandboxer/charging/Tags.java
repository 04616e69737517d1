package dev.sandboxer.charging;

import dev.sandboxer.names.SandboxNames;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What consumers note on their sandboxes, for the bill. */
final class Tags {
    /** Events are limited to 64 KiB, and escapes may make six characters of one. */
    private static final int LONGEST = 8 * 1024;

    private Tags() {}

    /** As a JSON object; null = nothing, for which nothing of JSON is loaded. Too much for a line of the bill is left out, and said. */
    static @Nullable String json(Map<String, String> metadata) {
        if (metadata.keySet().stream().allMatch(SandboxNames::isReserved)) {
            return null;
        }
        var text = Json.write(metadata);
        return text.length() <= LONGEST ? text : "{\"x_left_out\":\"too long\"}";
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
