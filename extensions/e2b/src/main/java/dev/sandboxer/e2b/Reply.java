package dev.sandboxer.e2b;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An answer. */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
record Reply(int status, HttpHeaders headers, byte[] body) {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

    boolean good() {
        return status >= 200 && status < 300;
    }

    /** The body as JSON; a missing node when it is none. */
    JsonNode json() {
        return Json.lenient(body);
    }

    /** What E2B says in {@code message}; empty when it says nothing, or a proxy on the way answered. */
    String message() {
        return json().path("message").asString("");
    }

    /** E2B's {@code error_code}; empty when there is none. */
    String errorCode() {
        return json().path("error_code").asString("");
    }

    /** Whether E2B itself answered, and no proxy: only its errors repeat the status in the body. */
    boolean fromE2b() {
        return json().path("code").asInt(0) == status;
    }

    /** Null when the header is absent or a date, which E2B doesn't send. */
    @Nullable Duration retryAfter() {
        return headers.firstValue("Retry-After")
                .map(String::strip)
                .filter(text -> SECONDS.matcher(text).matches())
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(null);
    }
}
