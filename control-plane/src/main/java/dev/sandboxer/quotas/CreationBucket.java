package dev.sandboxer.quotas;

import dev.sandboxer.consumers.CreationRate;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket whose only state is the moment at which it will be full again: each creation takes a token and puts that
 * moment off by the time one token takes to come.
 */
record CreationBucket(CreationRate rate) {
    /** What became of a wish for a token. */
    sealed interface Outcome {}

    /**
     * There was one.
     *
     * @param fullAt when the bucket will be full again
     */
    record Taken(Instant fullAt) implements Outcome {}

    /**
     * There was none.
     *
     * @param retryAfter when there will be one
     */
    record Empty(Duration retryAfter) implements Outcome {}

    /**
     * Takes a token if there is one.
     *
     * @param fullAt as stored after the last creation; null = never. A moment too far away, after the rate or the clock was
     *     changed, counts as an empty bucket
     */
    Outcome take(@Nullable Instant fullAt, Instant now) {
        var interval = rate.interval();
        var empty = now.plus(interval.multipliedBy(rate.burst()));
        var before = fullAt == null || fullAt.isBefore(now) ? now : earlier(fullAt, empty);
        var after = before.plus(interval);
        return after.isAfter(empty) ? new Empty(Duration.between(empty, after)) : new Taken(after);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
