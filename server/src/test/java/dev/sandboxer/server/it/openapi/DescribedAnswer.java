package dev.sandboxer.server.it.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer of a server.
 *
 * @param headers the first value of each header, by name in lower case
 */
record DescribedAnswer(int status, Map<String, String> headers, byte[] body) {
    JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Fails if the operation's description has no such answer. */
    void check(Description description, String operation) {
        var what = operation + " answered " + status + " " + headers.get("content-type") + " "
                + text().substring(0, Math.min(300, text().length()));
        var described =
                description.response(operation, status).orElseThrow(() -> new AssertionError("not described: " + what));
        described.path("headers").properties().stream()
                .filter(header -> header.getValue().path("required").asBoolean(false))
                .forEach(header ->
                        assertThat(headers).as(what).containsKey(header.getKey().toLowerCase(Locale.ROOT)));
        var content = described.path("content");
        if (content.isMissingNode()) {
            assertThat(body).as(what).isEmpty();
            return;
        }
        var type = headers.getOrDefault("content-type", "").split(";", 2)[0].strip();
        var media = content.has(type) ? content.path(type) : content.path("*/*");
        assertThat(media.isMissingNode()).as("type of " + what).isFalse();
        if (type.equals("application/json") && media.has("schema")) {
            assertThat(description.faultsOfAnswer(media.path("schema"), json()))
                    .as(what)
                    .isEmpty();
        }
        if (status >= 400 && type.equals("application/json")) {
            assertThat(json().path("code").asInt()).as(what).isEqualTo(status);
        }
    }

    static Map<String, String> headers(Map<String, java.util.List<String>> all) {
        var first = new TreeMap<String, String>();
        all.forEach((name, values) -> first.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        return first;
    }
}
