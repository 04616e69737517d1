package dev.sandboxer.connect;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An error as JSON, {@code {"code":"not_found","message":"..."}}: the body of a unary response, and the {@code error} of a stream's last
 * envelope. Other fields that a peer sends (details, metadata) are ignored.
 *
 * @param message empty = none. An unpaired surrogate, which UTF-8 can't encode, becomes a question mark
 */
public record ConnectError(ConnectCode code, String message) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public ConnectError {
        message = new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** Returns the body of a unary response, whose status is {@link ConnectCode#httpStatus()}. */
    public byte[] toUnaryBody() {
        return JSON.writeValueAsBytes(toMap());
    }

    /** Returns the content of a stream's last envelope. */
    public byte[] toEndOfStream() {
        return JSON.writeValueAsBytes(Map.of("error", toMap()));
    }

    /**
     * Reads the error from a unary response whose status isn't 200. If the body has no valid code, as in a proxy's response, the code
     * follows from the status. If it has no message, the message is empty.
     */
    public static ConnectError ofUnary(int httpStatus, byte[] body) {
        var error = parse(body);
        return of(error, ConnectCode.ofHttpStatus(httpStatus));
    }

    /**
     * Reads the error from a stream's last envelope; empty when the stream succeeded.
     *
     * @throws ConnectException {@code INTERNAL} when the content is malformed
     */
    public static Optional<ConnectError> ofEndOfStream(byte[] content) {
        var end = parse(content);
        if (end == null || !end.isObject()) {
            throw new ConnectException(ConnectCode.INTERNAL, "the end of the stream is not a JSON object");
        }
        var error = end.get("error");
        if (error == null || error.isNull()) {
            return Optional.empty();
        }
        if (!error.isObject()) {
            throw new ConnectException(ConnectCode.INTERNAL, "the error at the end of the stream is not a JSON object");
        }
        return Optional.of(of(error, ConnectCode.UNKNOWN));
    }

    /** Returns an exception with this code and message. */
    public ConnectException toException() {
        return new ConnectException(code, message);
    }

    private Map<String, String> toMap() {
        var map = new LinkedHashMap<String, String>();
        map.put("code", code.wireName());
        map.put("message", message);
        return map;
    }

    private static ConnectError of(@Nullable JsonNode error, ConnectCode otherwise) {
        if (error == null) {
            return new ConnectError(otherwise, "");
        }
        var code = error.path("code");
        return new ConnectError(
                code.isString() ? ConnectCode.of(code.stringValue()).orElse(otherwise) : otherwise,
                error.path("message").asString(""));
    }

    private static @Nullable JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            return null;
        }
    }
}
