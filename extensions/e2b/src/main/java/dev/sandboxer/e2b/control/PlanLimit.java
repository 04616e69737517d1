package dev.sandboxer.e2b.control;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * The longest lifetime that an account's plan allows. E2B states it only in an error response: 400
 * {@code Timeout cannot be greater than N hours} (e2b-dev/infra, {@code packages/api/internal/handlers}). Kept for the
 * life of the process. Thread-safe.
 */
public final class PlanLimit {
    private static final Pattern REFUSAL = Pattern.compile(
            "Timeout cannot be greater than ([0-9]{1,7}) (hour|minute|second)s?", Pattern.CASE_INSENSITIVE);

    private static final Duration UNKNOWN = Duration.ofSeconds(Long.MAX_VALUE);

    private final AtomicReference<Duration> longest = new AtomicReference<>(UNKNOWN);

    /** Shortens a lifetime to the limit, if the limit is known. */
    Duration clamp(Duration wanted) {
        var most = longest.get();
        return wanted.compareTo(most) > 0 ? most : wanted;
    }

    /** Returns the limit; empty until a refusal has named it. */
    Optional<Duration> known() {
        return Optional.of(longest.get()).filter(it -> !it.equals(UNKNOWN));
    }

    /**
     * Reads the limit from a refusal. Returns true if it is below the requested lifetime, so that a shorter one may
     * succeed.
     */
    boolean learn(String refusal, Duration requested) {
        var match = REFUSAL.matcher(refusal);
        if (!match.find()) {
            return false;
        }
        var amount = Long.parseLong(match.group(1));
        var allowed = switch (match.group(2).charAt(0)) {
            case 'h', 'H' -> Duration.ofHours(amount);
            case 'm', 'M' -> Duration.ofMinutes(amount);
            default -> Duration.ofSeconds(amount);
        };
        if (!allowed.isPositive() || allowed.compareTo(requested) >= 0) {
            return false;
        }
        longest.set(allowed);
        return true;
    }
}
