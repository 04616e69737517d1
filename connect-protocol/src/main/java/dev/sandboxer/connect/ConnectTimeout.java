package dev.sandboxer.connect;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header {@code Connect-Timeout-Ms}, with which a caller limits the time of a call: milliseconds in at most ten digits. */
public final class ConnectTimeout {
    public static final String HEADER = "Connect-Timeout-Ms";

    private static final Pattern MILLISECONDS = Pattern.compile("[0-9]{1,10}");
    private static final long MAX_MILLIS = 9_999_999_999L;

    private ConnectTimeout() {}

    /**
     * Parses the header's value. Returns empty, meaning no limit, when it is absent, blank or zero. In the protocol zero is a limit, but
     * E2B's clients use it for no limit.
     *
     * @throws ConnectException {@code INVALID_ARGUMENT} when it is not a number of at most ten digits
     */
    public static Optional<Duration> parse(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return Optional.empty();
        }
        if (!MILLISECONDS.matcher(value).matches()) {
            throw new ConnectException(
                    ConnectCode.INVALID_ARGUMENT, HEADER + " must be a number of milliseconds, at most ten digits");
        }
        return Optional.of(Duration.ofMillis(Long.parseLong(value))).filter(Duration::isPositive);
    }

    /** Returns the header's value for a limit, rounded up to a millisecond: at least 1, at most ten digits. */
    public static String format(Duration limit) {
        if (!limit.isPositive()) {
            return "1";
        }
        if (limit.compareTo(Duration.ofMillis(MAX_MILLIS)) >= 0) {
            return Long.toString(MAX_MILLIS);
        }
        return Long.toString(limit.plusNanos(999_999).toMillis());
    }
}
