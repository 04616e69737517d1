package dev.sandboxer.hubs;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Redactor;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes events as CloudEvents 1.0 in <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">structured JSON</a>. Equal events give
 * equal texts. Thread-safe.
 */
final class CloudEvents {
    static final String MEDIA_TYPE = "application/cloudevents+json";

    /** Maximum size in bytes. Every consumer of CloudEvents must accept this much, but need not accept more. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int LAST_ASCII = 0x7f;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final String source;

    CloudEvents(String installation) {
        this.source = "/sandboxer/" + URLEncoder.encode(installation, StandardCharsets.UTF_8);
    }

    /**
     * Returns the event as JSON, with known secrets hidden.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if it is longer than {@link #MAX_BYTES} or its data can't be JSON
     */
    String write(HubEvent event) {
        var data = json(event, event.data());
        var envelope = new LinkedHashMap<String, String>();
        envelope.put("specversion", "1.0");
        envelope.put("id", event.id());
        envelope.put("source", source);
        envelope.put("type", event.type());
        envelope.put("subject", event.subject());
        envelope.put("time", event.time().truncatedTo(ChronoUnit.MILLIS).toString());
        envelope.put("datacontenttype", "application/json");
        var attributes = new StringBuilder("{");
        envelope.forEach((name, value) -> attributes
                .append('"')
                .append(name)
                .append("\":")
                .append(json(event, value))
                .append(','));
        attributes.append("\"data\":").append(data).append('}');
        var text = ascii(Redactor.clean(attributes.toString()));
        if (text.length() > MAX_BYTES) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "event " + event.id() + " has " + text.length() + " bytes, more than " + MAX_BYTES);
        }
        return text;
    }

    /**
     * Escapes all characters beyond ASCII, which JSON allows in strings only, so that neither a database nor a receiver can change
     * the signed bytes. An unpaired surrogate, which no receiver could read, becomes a question mark.
     */
    private static String ascii(String json) {
        var text = new StringBuilder(json.length());
        for (char c : new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).toCharArray()) {
            if (c <= LAST_ASCII) {
                text.append(c);
            } else {
                text.append("\\u").append(HexFormat.of().toHexDigits(c));
            }
        }
        return text.toString();
    }

    private static String json(HubEvent event, Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JacksonException e) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "the data of event " + event.id() + " can't be written as JSON", e);
        }
    }
}
