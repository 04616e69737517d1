package dev.sandboxer.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLinesTest {
    private static final Instant AT = Instant.parse("2026-11-24T12:00:00.123Z");

    @Test
    void a_line_is_one_object_with_time_level_logger_and_message() {
        var line = encode(event("served {} of {}", null, 1, "x"));

        assertThat(line.at("/time").asString()).isEqualTo("2026-11-24T12:00:00.123Z");
        assertThat(line.at("/level").asString()).isEqualTo("INFO");
        assertThat(line.at("/logger").asString()).isEqualTo("test");
        assertThat(line.at("/message").asString()).isEqualTo("served 1 of x");
        assertThat(line.propertyNames()).containsExactly("time", "level", "logger", "message");
    }

    @Test
    void key_value_pairs_follow_numbers_as_numbers_and_others_as_text() {
        var event = event("m", null);
        event.addKeyValuePair(new KeyValuePair("ms", 12L));
        event.addKeyValuePair(new KeyValuePair("good", true));
        event.addKeyValuePair(new KeyValuePair("sandbox", List.of("a")));
        event.addKeyValuePair(new KeyValuePair("nothing", null));

        var line = encode(event);

        assertThat(line.get("ms").isNumber()).isTrue();
        assertThat(line.get("good").isBoolean()).isTrue();
        assertThat(line.get("sandbox").asString()).isEqualTo("[a]");
        assertThat(line.get("nothing").asString()).isEqualTo("null");
    }

    @Test
    void a_message_can_not_break_out_of_its_line() {
        var line = encode(event("GET /x\r\n{\"level\":\"ERROR\"}\u0000\u2028\"\\", null));

        assertThat(line.at("/message").asString()).isEqualTo("GET /x\r\n{\"level\":\"ERROR\"}\u0000\u2028\"\\");
        assertThat(line.at("/level").asString()).isEqualTo("INFO");
    }

    @Test
    void keys_of_an_event_can_not_replace_its_standard_fields() {
        var event = event("m", null);
        event.addKeyValuePair(new KeyValuePair("level", "ERROR"));
        event.addKeyValuePair(new KeyValuePair("message", "other"));

        var line = encode(event);

        assertThat(line.at("/level").asString()).isEqualTo("INFO");
        assertThat(line.at("/message").asString()).isEqualTo("m");
    }

    @Test
    void half_a_surrogate_pair_does_not_lose_the_line() {
        assertThat(encode(event("path \ud800!", null)).at("/message").asString())
                .startsWith("path ")
                .endsWith("!");
    }

    @Test
    void a_failure_has_its_stack_trace_on_the_same_line() {
        var line = encode(event("failed", new IllegalStateException("why", new IllegalArgumentException("deeper"))));

        assertThat(line.at("/error").asString())
                .contains("IllegalStateException: why")
                .contains("deeper")
                .contains("\tat ");
    }

    private static LoggingEvent event(String message, @Nullable Throwable failure, Object... arguments) {
        var logger = new LoggerContext().getLogger("test");
        var event = new LoggingEvent("fqcn", logger, Level.INFO, message, failure, arguments);
        event.setInstant(AT);
        return event;
    }

    private static JsonNode encode(LoggingEvent event) {
        var encoder = new JsonLines();
        encoder.start();
        var text = new String(encoder.encode(event), UTF_8);
        assertThat(text).endsWith("}\n");
        assertThat(text.strip().lines().count()).isEqualTo(1);
        return JsonMapper.shared().readTree(text);
    }
}
