package dev.sandboxer.connect;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a caller waits, as the header {@code Connect-Timeout-Ms} says it: milliseconds in at most ten digits. */
public final class ConnectTimeout {
    public static final String HEADER = "Connect-Timeout-Ms";

    private static final Pattern MILLISECONDS = Pattern.compile("[0-9]{1,10}");
    private static final long MOST = 9_999_999_999L;

    private ConnectTimeout() {}

    /**
     * What the header says; empty, for no limit, when it is absent, blank or zero. Zero is a limit to the protocol, but
     * E2B's clients mean none by it.
     *
     * @throws ConnectException {@code INVALID_ARGUMENT} when it is anything else than at most ten digits
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

    /** The header's value for a limit, rounded up to a millisecond; no less than one, and no more than fits. */
    public static String format(Duration limit) {
        if (!limit.isPositive()) {
            return "1";
        }
        if (limit.compareTo(Duration.ofMillis(MOST)) >= 0) {
            return Long.toString(MOST);
        }
        return Long.toString(limit.plusNanos(999_999).toMillis());
    }
}
