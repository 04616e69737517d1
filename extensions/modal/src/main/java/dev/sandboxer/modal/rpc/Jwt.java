package dev.sandboxer.modal.rpc;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the expiry of a token without checking its signature. */
public final class Jwt {
    private static final JsonMapper JSON = new JsonMapper();

    private Jwt() {}

    /** Returns when a token expires; empty when it has no readable expiry. */
    public static Optional<Instant> expiry(String token) {
        var parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            var payload = Base64.getUrlDecoder()
                    .decode(parts[1].replace('+', '-').replace('/', '_').replace("=", ""));
            var seconds =
                    JSON.readTree(new String(payload, StandardCharsets.UTF_8)).path("exp");
            return seconds.isNumber() ? Optional.of(Instant.ofEpochSecond(seconds.asLong())) : Optional.empty();
        } catch (IllegalArgumentException | JacksonException | java.time.DateTimeException e) {
            return Optional.empty();
        }
    }
}
