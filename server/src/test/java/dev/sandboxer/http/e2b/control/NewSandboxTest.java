package dev.sandboxer.http.e2b.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.http.WireJson;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.lifecycle.terms.Terms;
import java.util.ArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NewSandboxTest {
    @Test
    void the_defaults_of_old_and_new_clients_are_accepted() {
        var old = asked("\"timeout\":300,\"secure\":true,\"allow_internet_access\":true,\"autoPause\":false");

        assertThat(old.terms()).isEqualTo(Terms.DEFAULT);
        assertThat(old.timeout()).isEqualTo(300);
        assertThat(asked("\"metadata\":{}").timeout()).isNull();
        assertThat(asked("\"mcp\":{},\"iam\":null,\"volumeMounts\":[],\"network\":null")
                        .terms())
                .isEqualTo(Terms.DEFAULT);
    }

    @Test
    void the_request_decides_the_terms() {
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
    void unsupported_options_are_refused_by_name() {
        assertRefused("\"iam\":{\"role\":\"x\"}", "iam");
        assertRefused("\"volumeMounts\":[{\"name\":\"v\",\"path\":\"/v\"}]", "volumeMounts");
        assertRefused("\"autoPauseMemory\":false", "autoPauseMemory", "needs autoPause");
        assertRefused("\"autoPauseMemory\":false,\"autoPause\":true", "autoPauseMemory", "keeps the memory");
    }

    /** The SDK starts the MCP gateway itself and reports a failure. */
    @Test
    void the_mcp_option_is_ignored() {
        assertThat(asked("\"mcp\":{\"server\":{\"apiKey\":\"x\"}}").terms()).isEqualTo(Terms.DEFAULT);
    }

    @Test
    void a_template_is_required() {
        for (String body : new String[] {"{}", "{\"templateID\":null}", "{\"templateID\":\"\"}"}) {
            assertThatThrownBy(() -> WireJson.read(body.getBytes(UTF_8), NewSandbox.class)
                            .check())
                    .as(body)
                    .isInstanceOf(E2bException.class)
                    .hasMessage("templateID is required");
        }
    }

    @Test
    void pairs_are_limited_in_number_and_length_and_need_names_and_values() {
        assertThat(asked("\"metadata\":{" + pairs(100) + "}").metadata()).hasSize(100);
        var half = "x".repeat(40_000);
        assertRefused("\"metadata\":{\"a\":\"" + half + "\",\"b\":\"" + half + "\"}", "in all");
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

    /** UTF-8 can't encode half a surrogate pair, so the value could not be returned to clients. */
    @Test
    void half_a_surrogate_pair_is_refused() {
        assertRefused("\"metadata\":{\"a\":\"\\ud800\"}", "metadata");
        // the JSON parser already refuses it in the name of a field
        assertThatThrownBy(() -> asked("\"metadata\":{\"\\udc00\":\"a\"}")).isInstanceOf(SandboxException.class);
        assertRefused("\"envVars\":{\"a\":\"\\ud800\"}", "envVars");
    }

    @Test
    void a_value_of_another_type_is_refused_and_not_converted() {
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
    void an_unknown_field_is_ignored_and_reported() {
        var told = new ArrayList<String>();
        var body = "{\"templateID\":\"base\",\"cpuCount\":1,\"lifecycle\":{\"a\":[{\"b\":1}]},\"timeout\":60,"
                + "\"autoResume\":{\"later\":true,\"enabled\":true},\"x\":null}";

        var asked = WireJson.readLenient(body.getBytes(UTF_8), NewSandbox.class, told::add);

        asked.check();
        assertThat(asked.timeout()).isEqualTo(60);
        assertThat(asked.terms().autoResume()).isTrue();
        assertThat(told).containsExactlyInAnyOrder("cpuCount", "lifecycle", "later", "x");
    }

    /** Otherwise the client would believe that the restriction is enforced. */
    @Test
    void an_unknown_network_rule_is_refused_by_name() {
        var body = "{\"templateID\":\"base\",\"network\":{\"denyEverything\":true}}";
        assertThatThrownBy(() -> WireJson.readLenient(body.getBytes(UTF_8), NewSandbox.class, name -> {}))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("denyEverything");
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
