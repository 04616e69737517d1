package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Redactor;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CloudEventsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant TIME = Instant.parse("2026-11-24T12:00:00.123456789Z");

    private final CloudEvents cloudEvents = new CloudEvents("installation1");

    private static HubEvent event(Map<String, Object> data) {
        return new HubEvent("charge:sb1-0001", "dev.sandboxer.charge", "sb1", TIME, data);
    }

    @Test
    void an_event_is_written_in_one_form_only() {
        var data = new HashMap<String, Object>();
        data.put("BilledCost", new BigDecimal("0.0000000010"));
        data.put("BillingCurrency", "USD");
        data.put("ConsumedQuantity", new BigDecimal("1E+3"));
        data.put("CommitmentDiscountId", null);
        data.put("Tags", Map.of("b", 1, "a", List.of(true, "x")));

        assertThat(cloudEvents.write(event(data))).isEqualTo("""
                {"specversion":"1.0","id":"charge:sb1-0001","source":"/sandboxer/installation1",\
                "type":"dev.sandboxer.charge","subject":"sb1","time":"2026-11-24T12:00:00.123Z",\
                "datacontenttype":"application/json",\
                "data":{"BilledCost":0.0000000010,"BillingCurrency":"USD","CommitmentDiscountId":null,\
                "ConsumedQuantity":1000,"Tags":{"a":[true,"x"],"b":1}}}""");
    }

    @Test
    void the_order_of_the_data_does_not_matter() {
        var one = new LinkedHashMap<String, Object>();
        one.put("a", 1);
        one.put("b", Map.of("x", 1, "y", 2));
        var other = new LinkedHashMap<String, Object>();
        other.put("b", Map.of("y", 2, "x", 1));
        other.put("a", 1);
        assertThat(cloudEvents.write(event(one))).isEqualTo(cloudEvents.write(event(other)));
    }

    /** Checks the rules of cloudevents.json in specification 1.0.2, and those in its text for the attributes that we use. */
    @ParameterizedTest
    @ValueSource(
            strings = {"plain", "Zoë \uD83D\uDE80", "lone \uD83D", "quote \" back \\ line \n zero \u0000", "</script>"})
    void the_envelope_keeps_the_rules_of_cloud_events_1_0(String text) {
        var event = new HubEvent("e1", "dev.sandboxer.x", text, TIME, Map.of(text, text));
        var written = new CloudEvents("in stallation/ü").write(event);
        var json = JSON.readTree(written);

        assertThat(json.isObject()).isTrue();
        for (String required : List.of("id", "source", "specversion", "type")) {
            assertNonEmptyString(json, required);
        }
        for (String optional : List.of("subject", "datacontenttype")) {
            assertNonEmptyString(json, optional); // may be absent, must not be empty
        }
        assertThat(json.get("specversion").asString()).isEqualTo("1.0");
        assertThat(URI.create(json.get("source").asString()).toString()).startsWith("/sandboxer/in");
        assertThat(OffsetDateTime.parse(json.get("time").asString()).toInstant())
                .isEqualTo("2026-11-24T12:00:00.123Z");
        assertThat(json.get("datacontenttype").asString()).matches("[a-z]+/[a-z+]+");
        assertThat(json.get("data").isObject()).isTrue();
        assertThat(json.has("data_base64"))
                .as("only one of data and data_base64")
                .isFalse();
        assertThat(json.propertyNames())
                .allMatch(name -> name.matches("[a-z0-9]{1,20}"), "attribute names are lower-case letters and digits")
                .isSubsetOf(
                        Set.of("id", "source", "specversion", "type", "subject", "time", "datacontenttype", "data"));
        assertThat(written)
                .isEqualTo(new String(written.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII));
        var readable = text.replace('\uD83D', '?').replace("?\uDE80", "\uD83D\uDE80");
        assertThat(json.get("subject").asString()).isEqualTo(readable);
        assertThat(json.get("data").get(readable).asString()).isEqualTo(readable);
    }

    private static void assertNonEmptyString(JsonNode json, String name) {
        assertThat(json.get(name)).as(name).isNotNull();
        assertThat(json.get(name).isString()).as(name).isTrue();
        assertThat(json.get(name).asString()).as(name).isNotEmpty();
    }

    @Test
    void known_secrets_are_not_written() {
        Redactor.know(List.of("fake-secret-of-an-event"));
        assertThat(cloudEvents.write(event(Map.of("reason", "refused fake-secret-of-an-event"))))
                .contains("refused [hidden]")
                .doesNotContain("fake-secret");
    }

    @Test
    void an_event_that_is_too_long_is_refused() {
        assertRefused(
                () -> cloudEvents.write(event(Map.of("x", "x".repeat(CloudEvents.MAX_BYTES)))), "charge:sb1-0001");
        cloudEvents.write(event(Map.of("x", "x".repeat(CloudEvents.MAX_BYTES - 300))));
    }

    @Test
    void data_that_cannot_be_json_is_refused() {
        var cycle = new HashMap<String, Object>();
        cycle.put("cycle", cycle);
        assertRefused(() -> cloudEvents.write(event(cycle)), "charge:sb1-0001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a.b", "a b", "a\nb", "a\"b", "ü"})
    void an_id_unfit_for_headers_and_signatures_is_refused(String id) {
        assertRefused(() -> new HubEvent(id, "t", "s", TIME, Map.of()), "event id");
        assertRefused(() -> new HubEvent("x".repeat(201), "t", "s", TIME, Map.of()), "event id");
    }

    @Test
    void an_event_without_type_or_subject_is_refused() {
        assertRefused(() -> new HubEvent("e1", " ", "s", TIME, Map.of()), "no type");
        assertRefused(() -> new HubEvent("e1", "t", "", TIME, Map.of()), "no subject");
    }

    private static void assertRefused(Runnable action, String message) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining(message);
    }
}
