package dev.sandboxer.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WireJsonTest {
    private record Inner(@Nullable Integer size, @Nullable Boolean on) {}

    private record Asked(
            @Nullable String name,
            @Nullable Integer count,
            @Nullable List<Integer> numbers,
            @Nullable Map<String, String> pairs,
            @Nullable Inner inner) {}

    @Test
    void absent_fields_are_null() {
        assertThat(read("{\"name\":\"a\"}")).isEqualTo(new Asked("a", null, null, null, null));
    }

    @Test
    void unknown_fields_are_refused_by_name() {
        assertThat(WireJson.read("{\"pairs\":{\"any\":\"b\"}}".getBytes(UTF_8), Asked.class)
                        .pairs())
                .containsKey("any");
        for (String[] wish : new String[][] {
            {"{\"cpuCount\":2}", "cpuCount"},
            {"{\"name\":\"a\",\"foo\":null}", "foo"},
            {"{\"inner\":{\"size\":1,\"foo\":{}}}", "inner.foo"},
            {"{\"Name\":\"a\"}", "Name"}
        }) {
            assertThatThrownBy(() -> WireJson.read(wish[0].getBytes(UTF_8), Asked.class))
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessage("the body has an unknown field: field \"" + wish[1] + "\"");
        }
        assertThatThrownBy(() -> WireJson.read(("{\"" + "k".repeat(40_000) + "\":5}").getBytes(UTF_8), Asked.class))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void a_wrong_type_is_refused_with_the_name_of_its_field() {
        var wrong = new LinkedHashMap<String, String>();
        wrong.put("{\"count\":\"5\"}", "\"count\"");
        wrong.put("{\"count\":1.5}", "\"count\"");
        wrong.put("{\"count\":true}", "\"count\"");
        wrong.put("{\"count\":99999999999}", "\"count\"");
        wrong.put("{\"count\":1e999}", "\"count\"");
        wrong.put("{\"name\":5}", "\"name\"");
        wrong.put("{\"name\":false}", "\"name\"");
        wrong.put("{\"name\":[]}", "\"name\"");
        wrong.put("{\"name\":{}}", "\"name\"");
        wrong.put("{\"numbers\":[1,\"2\"]}", "\"numbers[1]\"");
        wrong.put("{\"numbers\":5}", "\"numbers\"");
        wrong.put("{\"pairs\":{\"a\":1}}", "\"pairs.a\"");
        wrong.put("{\"pairs\":[]}", "\"pairs\"");
        wrong.put("{\"inner\":{\"size\":\"big\"}}", "\"inner.size\"");
        wrong.put("{\"inner\":{\"on\":1}}", "\"inner.on\"");
        wrong.put("{\"inner\":\"\"}", "\"inner\"");
        wrong.forEach((json, field) ->
                assertThat(refusal(json)).as(json).contains(field).startsWith("the body is not as expected"));
    }

    @Test
    void anything_but_a_json_object_is_refused() {
        for (String json : List.of(
                "",
                " ",
                "nope",
                "{",
                "}",
                "{]",
                "{\"name\"",
                "{\"name\":\"a\"",
                "{\"name\":\"a\"}}",
                "{} {}",
                "{'name':'a'}",
                "{name:\"a\"}",
                "{\"name\":\"a\",}",
                "{\"name\":\"\u0001\"}",
                "\u0000",
                "{\"count\":01}",
                "[]",
                "[{}]",
                "5",
                "\"text\"",
                "true",
                "null",
                "{\"name\":\"\\ud8\"}",
                "{} x")) {
            assertThat(refusal(json)).as(json).startsWith("the body ");
        }
    }

    @Test
    void deep_nesting_and_long_numbers_are_refused_early() {
        assertThat(refusal("{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"))
                .contains("depth");
        assertThat(refusal("{\"count\":" + "9".repeat(100_000) + "}")).startsWith("the body ");
        assertThat(refusal("{\"x\":" + "9".repeat(100_000) + "}")).contains("1000");
    }

    @Test
    void messages_are_one_short_line_without_class_names() {
        for (String json : List.of(
                "{\"count\":\"5\"}",
                "{\"name\":[]}",
                "{\"numbers\":5}",
                "{\"pairs\":[]}",
                "{\"inner\":\"\"}",
                "[]",
                "5",
                "{",
                "nope",
                "{\"inner\":[1]}",
                "{\"pairs\":{\"a\":[]}}",
                "{\"count\":{}}",
                "{\"count\":\"x\"}",
                "{\"inner\":{\"on\":\"x\"}}",
                "{\"numbers\":{}}")) {
            assertThat(refusal(json))
                    .as(json)
                    .doesNotContain(
                            "\n", "dev.sandboxer", "java.", "jackson", "Exception", "JsonToken", "Asked", "Inner")
                    .doesNotContain(
                            "LinkedHashMap", "ArrayList", "StreamRead", "Feature", "Coercion", "JsonTest", "REDACTED")
                    .hasSizeLessThan(300);
        }
    }

    @Test
    void messages_quote_only_a_short_part_of_the_body() {
        assertThat(refusal("{\"count\":\"" + "x".repeat(100_000) + "\"}")).hasSizeLessThan(1000);
        assertThat(refusal("x".repeat(100_000))).hasSizeLessThan(1000);
        assertThat(refusal("{\"pairs\":{\"" + "k".repeat(40_000) + "\":5}}")).hasSizeLessThan(1000);
    }

    @Test
    void null_values_are_not_written() {
        assertThat(new String(WireJson.bytes(new Asked("a", null, null, null, new Inner(1, null))), UTF_8))
                .isEqualTo("{\"name\":\"a\",\"inner\":{\"size\":1}}");
    }

    @Test
    void half_a_surrogate_pair_that_was_read_can_be_written() {
        var read = read("{\"name\":\"a\\ud800b\"}");

        assertThat(new String(WireJson.bytes(read), UTF_8)).contains("a").contains("b");
    }

    private static Asked read(String json) {
        return WireJson.read(json.getBytes(UTF_8), Asked.class);
    }

    private static String refusal(String json) {
        assertThatThrownBy(() -> read(json)).as(json).isInstanceOf(SandboxException.class);
        var refused = catchThrowableOfType(SandboxException.class, () -> read(json));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        return String.valueOf(refused.getMessage());
    }
}
