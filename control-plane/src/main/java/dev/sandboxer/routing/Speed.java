package dev.sandboxer.routing;

import dev.sandboxer.routing.PastAttempt.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How long an account takes to make a sandbox, by its latest attempts: the younger one is, the more it counts. */
final class Speed {
    /** How many attempts count at most. */
    static final int ATTEMPTS = 30;

    /** An attempt counts half after this time. */
    static final Duration HALF_LIFE = Duration.ofMinutes(15);

    /** Below the weight of one attempt of an hour ago nothing is known. */
    private static final double LEAST_WEIGHT = 1.0 / 16;

    private Speed() {}

    /**
     * The time until a sandbox can be expected: all the time spent, over the sandboxes that came of it. So an account that fails
     * every second time counts as twice as slow.
     *
     * @return empty when too little is known of the last hour
     */
    static Optional<Duration> of(List<PastAttempt> attempts, Instant now) {
        double weight = 0;
        double spent = 0;
        double made = 0;
        for (PastAttempt attempt : attempts) {
            var length = attempt.length();
            if (length == null || attempt.result() == Result.DECLINED) {
                continue;
            }
            double age = Duration.between(attempt.startedAt(), now).toMillis();
            double counts = Math.pow(0.5, Math.max(0, age) / HALF_LIFE.toMillis());
            weight += counts;
            spent += counts * length.toMillis();
            made += attempt.result() == Result.CREATED ? counts : 0;
        }
        if (weight < LEAST_WEIGHT) {
            return Optional.empty();
        }
        return Optional.of(made == 0 ? Duration.ofDays(1) : Duration.ofMillis(Math.round(spent / made)));
    }
}
