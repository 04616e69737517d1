package dev.sandboxer.routing;

import dev.sandboxer.routing.PastAttempt.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The time that an account takes to create a sandbox, from its latest attempts; newer attempts count more. */
final class Speed {
    /** The most attempts that count. */
    static final int ATTEMPTS = 30;

    /** The age at which an attempt counts half. */
    static final Duration HALF_LIFE = Duration.ofMinutes(15);

    /** The least total weight: that of one attempt an hour ago. With less, too little is known. */
    private static final double MIN_WEIGHT = 1.0 / 16;

    private Speed() {}

    /**
     * Returns the expected time until a sandbox is created: the time spent on all attempts, divided by the number of sandboxes
     * created. So an account that fails every second time counts as twice as slow. A day if none was created.
     *
     * @return empty if too little is known of the last hour
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
        if (weight < MIN_WEIGHT) {
            return Optional.empty();
        }
        return Optional.of(made == 0 ? Duration.ofDays(1) : Duration.ofMillis(Math.round(spent / made)));
    }
}
