package dev.sandboxer.http.e2b.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.http.WireJson;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.lifecycle.state.OnTimeout;
import dev.sandboxer.lifecycle.state.Terms;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NewSandboxTest {
    @Test
    void what_old_and_new_clients_send_by_default_is_granted() {
        var old = asked("\"timeout\":300,\"secure\":true,\"allow_internet_access\":true,\"autoPause\":false");

        assertThat(old.terms()).isEqualTo(Terms.USUAL);
        assertThat(old.timeout()).isEqualTo(300);
        assertThat(asked("\"metadata\":{}").timeout()).isNull();
        assertThat(asked("\"mcp\":{},\"iam\":null,\"volumeMounts\":[],\"network\":null")
                        .terms())
                .isEqualTo(Terms.USUAL);
    }

    @Test
    void terms_are_what_was_asked_for() {
        assertThat(asked(
                                "\"autoPause\":true,\"autoResume\":{\"enabled\":true},\"allow_internet_access\":false,"
                                        + "\"network\":{\"allowPublicTraffic\":false,\"maskRequestHost\":\"localhost:${PORT}\"}")
                        .terms())
                .isEqualTo(new Terms(OnTimeout.PAUSE, true, NetworkPolicy.DENY, false, "localhost:${PORT}", null));
        assertThat(asked("\"autoResume\":{\"enabled\":false}").terms().autoResume())
                .isFalse();
        assertThat(asked("\"autoResume\":{}").terms().autoResume()).isFalse();
    }

    @Test
    void what_can_not_be_had_is_refused_by_name() {
        assertRefused("\"mcp\":{\"server\":{}}", "mcp");
        assertRefused("\"iam\":{\"role\":\"x\"}", "iam");
        assertRefused("\"volumeMounts\":[{\"name\":\"v\",\"path\":\"/v\"}]", "volumeMounts");
        assertRefused("\"autoPauseMemory\":false", "autoPauseMemory", "needs autoPause");
        assertRefused("\"autoPauseMemory\":false,\"autoPause\":true", "autoPauseMemory", "keeps the memory");
    }

    @Test
    void a_template_is_needed() {
        for (String body : new String[] {"{}", "{\"templateID\":null}", "{\"templateID\":\"\"}"}) {
            assertThatThrownBy(() -> WireJson.read(body.getBytes(UTF_8), NewSandbox.class)
                            .check())
                    .as(body)
                    .isInstanceOf(E2bException.class)
                    .hasMessage("templateID is required");
        }
    }

    @Test
    void pairs_are_bounded_in_number_and_length_and_have_names_and_texts() {
        assertThat(asked("\"metadata\":{" + pairs(100) + "}").metadata()).hasSize(100);
        for (String what : new String[] {"metadata", "envVars"}) {
            assertRefused("\"" + what + "\":{" + pairs(101) + "}", what, "at most 100");
            assertRefused("\"" + what + "\":{\"\":\"x\"}", what);
            assertRefused("\"" + what + "\":{\"a\":null}", what);
            assertRefused("\"" + what + "\":{\"a\":\"" + "x".repeat(64 << 10) + "\"}", what);
            assertRefused("\"" + what + "\":{\"a\":\"\\u0000\"}", what, "NUL");
            assertRefused("\"" + what + "\":{\"a\\u0000b\":\"\"}", what, "NUL");
        }
        assertRefused("\"envVars\":{\"A=B\":\"x\"}", "envVars", "=");
        assertThat(asked("\"metadata\":{\"A=B\":\"x\"}").metadata()).containsKey("A=B");
    }

    /** UTF-8 has no form for it, so that nothing could ever show it again. */
    @Test
    void half_a_surrogate_pair_is_refused() {
        assertRefused("\"metadata\":{\"a\":\"\\ud800\"}", "metadata");
        // in a name the parser itself refuses it
        assertThatThrownBy(() -> asked("\"metadata\":{\"\\udc00\":\"a\"}")).isInstanceOf(SandboxException.class);
        assertRefused("\"envVars\":{\"a\":\"\\ud800\"}", "envVars");
    }

    @Test
    void a_value_of_another_type_is_refused_and_not_taken_for_yes_or_no() {
        for (String field : new String[] {
            "\"autoResume\":{\"enabled\":\"false\"}",
            "\"autoResume\":{\"enabled\":1}",
            "\"autoResume\":{\"enabled\":{}}",
            "\"autoResume\":true",
            "\"autoPause\":\"true\"",
            "\"secure\":\"no\"",
            "\"allow_internet_access\":0",
            "\"network\":{\"allowPublicTraffic\":\"false\"}"
        }) {
            assertThatThrownBy(() -> asked(field))
                    .as(field)
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
    }

    @Test
    void a_field_that_nobody_would_honour_is_refused_by_name() {
        for (String field : new String[] {"cpuCount", "memoryMB", "lifecycle", "network.foo", "autoResume.foo"}) {
            var at = field.indexOf('.');
            var body = at < 0
                    ? "\"" + field + "\":1"
                    : "\"" + field.substring(0, at) + "\":{\"" + field.substring(at + 1) + "\":1}";
            assertThatThrownBy(() -> asked(body))
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("\"" + field + "\"");
        }
    }

    @Test
    void every_field_of_the_official_clients_is_known() {
        var everything = "\"timeout\":300,\"secure\":true,\"autoPause\":true,\"autoPauseMemory\":true,"
                + "\"autoResume\":{\"enabled\":true},\"allow_internet_access\":true,\"metadata\":{\"a\":\"b\"},"
                + "\"envVars\":{\"A\":\"b\"},\"mcp\":null,\"iam\":{},\"volumeMounts\":[],"
                + "\"network\":{\"allowOut\":[],\"denyOut\":[],\"rules\":{},\"egressProxy\":null,\"httpsPorts\":[],"
                + "\"allowPublicTraffic\":true,\"maskRequestHost\":\"h\"}";

        assertThat(asked(everything).terms().hostMask()).isEqualTo("h");
    }

    private static String pairs(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"k" + i + "\":\"v\"").collect(Collectors.joining(","));
    }

    private static NewSandbox asked(String fields) {
        var asked = WireJson.read(("{\"templateID\":\"base\"," + fields + "}").getBytes(UTF_8), NewSandbox.class);
        asked.check();
        return asked;
    }

    private static void assertRefused(String fields, String... words) {
        assertThatThrownBy(() -> asked(fields).terms())
                .as(fields.substring(0, Math.min(80, fields.length())))
                .isInstanceOfSatisfying(E2bException.class, e -> {
                    assertThat(e.status()).isEqualTo(400);
                    assertThat(e.getMessage()).contains(words);
                });
    }
}
