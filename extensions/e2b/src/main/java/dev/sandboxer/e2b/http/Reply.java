package dev.sandboxer.e2b.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A complete HTTP response. */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
public record Reply(int status, HttpHeaders headers, byte[] body) {
    /** Smaller differences are ignored: a {@code Date} has whole seconds, and the answer took time to arrive. */
    private static final Duration ROUNDING = Duration.ofSeconds(5);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Returns the body as JSON; a missing node when it is not JSON. */
    public JsonNode json() {
        return E2bJson.lenient(body);
    }

    /** Returns E2B's {@code message}; empty when there is none, or a proxy on the way answered. */
    public String message() {
        return json().path("message").asString("");
    }

    /** Returns E2B's {@code error_code}; empty when there is none. */
    public String errorCode() {
        return json().path("error_code").asString("");
    }

    /** Returns true if E2B answered and not a proxy: only E2B's errors repeat the status in the body. */
    public boolean fromE2b() {
        return json().path("code").asInt(0) == status;
    }

    /** Returns true for a 404 of E2B itself; a proxy on the way may have its own. */
    public boolean isNotFound() {
        return status == 404 && fromE2b();
    }

    /** Returns how far the server's clock is ahead of ours; zero without a {@code Date}, or below 5 s. */
    public Duration aheadOf(Instant now) {
        return headers.firstValue("Date")
                .flatMap(Reply::time)
                .map(theirs -> Duration.between(now, theirs))
                .filter(ahead -> ahead.abs().compareTo(ROUNDING) > 0)
                .orElse(Duration.ZERO);
    }

    private static Optional<Instant> time(String date) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Returns the {@code Retry-After} header; null when it is absent or a date, which E2B doesn't send. */
    public @Nullable Duration retryAfter() {
        return headers.firstValue("Retry-After")
                .map(String::strip)
                .filter(text -> SECONDS.matcher(text).matches())
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(null);
    }
}
