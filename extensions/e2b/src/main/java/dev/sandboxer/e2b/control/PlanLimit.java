package dev.sandboxer.e2b.control;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * The longest life that an account's plan allows, which E2B tells only by refusing: 400 {@code Timeout cannot be greater than
 * N hours} (e2b-dev/infra, {@code packages/api/internal/handlers}). Thread-safe; remembered for as long as the process lives.
 */
public final class PlanLimit {
    private static final Pattern REFUSAL = Pattern.compile(
            "Timeout cannot be greater than ([0-9]{1,7}) (hour|minute|second)s?", Pattern.CASE_INSENSITIVE);

    private static final Duration UNKNOWN = Duration.ofSeconds(Long.MAX_VALUE);

    private final AtomicReference<Duration> longest = new AtomicReference<>(UNKNOWN);

    /** What may be asked for, as far as is known. */
    Duration clamp(Duration wanted) {
        var most = longest.get();
        return wanted.compareTo(most) > 0 ? most : wanted;
    }

    /** Empty as long as nothing was refused for it. */
    Optional<Duration> known() {
        return Optional.of(longest.get()).filter(it -> !it.equals(UNKNOWN));
    }

    /** Whether a refusal told of a limit below what was asked for, so that asking again makes sense. */
    boolean learn(String refusal, Duration asked) {
        var match = REFUSAL.matcher(refusal);
        if (!match.find()) {
            return false;
        }
        var amount = Long.parseLong(match.group(1));
        var told = switch (match.group(2).charAt(0)) {
            case 'h', 'H' -> Duration.ofHours(amount);
            case 'm', 'M' -> Duration.ofMinutes(amount);
            default -> Duration.ofSeconds(amount);
        };
        if (!told.isPositive() || told.compareTo(asked) >= 0) {
            return false;
        }
        longest.set(told);
        return true;
    }
}
