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

/** An answer. */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
public record Reply(int status, HttpHeaders headers, byte[] body) {
    /** A date has whole seconds, and the answer was some time on its way. */
    private static final Duration ROUNDING = Duration.ofSeconds(5);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

    public boolean good() {
        return status >= 200 && status < 300;
    }

    /** The body as JSON; a missing node when it is none. */
    public JsonNode json() {
        return Json.lenient(body);
    }

    /** What E2B says in {@code message}; empty when it says nothing, or a proxy on the way answered. */
    public String message() {
        return json().path("message").asString("");
    }

    /** E2B's {@code error_code}; empty when there is none. */
    public String errorCode() {
        return json().path("error_code").asString("");
    }

    /** Whether E2B itself answered, and no proxy: only its errors repeat the status in the body. */
    public boolean fromE2b() {
        return json().path("code").asInt(0) == status;
    }

    /** Whether what was asked about isn't there: E2B says so, not somebody on the way who found no page. */
    public boolean saysAbsent() {
        return status == 404 && fromE2b();
    }

    /** By how much the sender's clock is ahead of ours; zero when it doesn't say, or that may be rounding. */
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

    /** Null when the header is absent or a date, which E2B doesn't send. */
    public @Nullable Duration retryAfter() {
        return headers.firstValue("Retry-After")
                .map(String::strip)
                .filter(text -> SECONDS.matcher(text).matches())
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(null);
    }
}
