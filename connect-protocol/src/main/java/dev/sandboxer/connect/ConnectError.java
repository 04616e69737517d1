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
 * An error as JSON, {@code {"code":"not_found","message":"..."}}: the body of a unary answer, and the {@code error} of a
 * stream's last envelope. What else a peer sends (details, metadata) is ignored.
 *
 * @param message empty when there is none; half a surrogate pair, which UTF-8 can't carry, becomes a question mark
 */
public record ConnectError(ConnectCode code, String message) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public ConnectError {
        message = new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** The body of a unary answer, whose status is {@link ConnectCode#httpStatus()}. */
    public byte[] toUnaryBody() {
        return JSON.writeValueAsBytes(toMap());
    }

    /** The content of a stream's last envelope. */
    public byte[] toEndOfStream() {
        return JSON.writeValueAsBytes(Map.of("error", toMap()));
    }

    /**
     * What a unary answer that isn't 200 says. A proxy on the way may have written it: without a code of the protocol the
     * status decides, and without a message there is none.
     */
    public static ConnectError ofUnary(int httpStatus, byte[] body) {
        var error = parse(body);
        return of(error, ConnectCode.ofHttpStatus(httpStatus));
    }

    /**
     * The error in a stream's last envelope; empty when the stream ended well.
     *
     * @throws ConnectException {@code INTERNAL} when it is no such content
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

    /** This error, to be thrown. */
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
